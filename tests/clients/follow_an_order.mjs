// Follows an order of the café's with one of the libraries, is cut off on the way, and prints what it was told.
import { ApolloClient, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { Client, fetchExchange } from "@urql/core";
import { createClient as createSse } from "graphql-sse";
import { createClient as createWs } from "graphql-ws";
import WebSocket from "ws";

const [url, library] = process.argv.slice(2);
const FOLLOW = `subscription Follow($token: String!, $after: String) {
  orderUpdated(by: { token: $token }, after: $after) {
    cursor isReplay order { status } event { __typename ... on StatusChanged { to } }
  }
}`;

// Each library's way to subscribe: `tell` gets every update, `end` is called when all is told; gives a way to leave.
const subscribe = {
  "graphql-ws"(variables, tell, end) {
    const client = createWs({ url: url.replace("http", "ws"), webSocketImpl: WebSocket, retryAttempts: 0 });
    client.subscribe({ query: FOLLOW, variables }, { next: tell, error: fail, complete: end });
    return () => client.terminate(); // not a word of farewell: the line is gone
  },
  "graphql-sse"(variables, tell, end) {
    const client = createSse({ url, retryAttempts: 0 });
    return client.subscribe({ query: FOLLOW, variables }, { next: tell, error: fail, complete: end });
  },
  apollo(variables, tell, end) {
    const client = new ApolloClient({ link: new HttpLink({ uri: url }), cache: new InMemoryCache() });
    const observable = client.subscribe({ query: gql(FOLLOW), variables, fetchPolicy: "no-cache" });
    const subscription = observable.subscribe({ next: tell, error: fail, complete: end });
    return () => subscription.unsubscribe();
  },
  urql(variables, tell, end) {
    const client = new Client({ url, exchanges: [fetchExchange], fetchSubscriptions: true, preferGetMethod: false });
    const { unsubscribe } = client.subscription(FOLLOW, variables).subscribe((answer) => {
      if (answer.data && answer.hasNext) tell(answer);
      if (!answer.hasNext) end();
    });
    return unsubscribe;
  },
}[library];

let hasLeft = false;
const fail = (error) => {
  if (hasLeft) return; // that the line is gone is no news then
  console.error(error);
  process.exit(1);
};
process.on("unhandledRejection", fail);

async function ask(query, variables) {
  const headers = { "content-type": "application/json", "x-api-key": process.env.CAFE_KEY };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify({ query, variables }) });
  return (await response.json()).data;
}

const PLACE = 'mutation { placeOrder(input: { lines: [{ item: "latte" }] }) { order { id } trackingToken } }';
const ADVANCE = "mutation ($id: ID!, $to: OrderStatus!) { advanceOrder(id: $id, to: $to) { problems { message } } }";
const { order, trackingToken: token } = (await ask(PLACE)).placeOrder;
const advance = (to) => ask(ADVANCE, { id: order.id, to });

const told = [];
/** Listen until so many updates are known in all, or the end. */
function listen(after, count, meanwhile) {
  return new Promise((resolve) => {
    let leave = () => {};
    hasLeft = false;
    const tell = ({ data }) => {
      const update = data.orderUpdated;
      told.push(update);
      meanwhile?.(told.length);
      if (told.length === count) {
        hasLeft = true;
        setTimeout(leave);
        resolve(update.cursor);
      }
    };
    leave = subscribe({ token, after }, tell, () => resolve("end"));
  });
}

const cursor = await listen(null, 2, (known) => known === 1 && advance("ACCEPTED"));
await new Promise((resolve) => setTimeout(resolve, 200));
await advance("PREPARING"); // nobody hears this when it happens
const end = await listen(cursor, -1, (known) => {
  if (known === 3) advance("READY");
  if (known === 4) advance("COMPLETED");
});
console.log(JSON.stringify({ told: told.map(({ event, isReplay }) => [event?.to ?? null, isReplay]), end }));
process.exit(0);
