// A listener with graphql-ws; prints what it heard as JSON.
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { COUNTED, FIRE, GUEST, KITCHEN, LIVE, SOUP, callUntil } from "./streams_documents.mjs";

const url = process.argv[2];
const guest = (token, more = {}) =>
  createClient({
    url: url.replace("http", "ws"),
    webSocketImpl: WebSocket,
    connectionParams: { token },
    retryAttempts: 0,
    ...more,
  });

async function hear(client, query, variables = {}) {
  const answers = [];
  try {
    for await (const answer of client.iterate({ query, variables })) answers.push(answer);
    return { answers };
  } catch (errors) {
    return { answers, errors };
  }
}

const client = guest("Grace");
const refused = await new Promise((resolve) => {
  guest("unknown").subscribe({ query: GUEST }, { next() {}, complete() {}, error: ({ code, reason }) => resolve({ code, reason }) });
});
const live = client.iterate({ query: LIVE });
let heard;
const listening = live.next().then(({ value }) => (heard = value));
await callUntil(() => heard, url);
await live.return();

console.log(
  JSON.stringify({
    refused,
    live: heard,
    counted: await hear(client, COUNTED, { to: 3 }),
    guest: await hear(client, GUEST),
    fire: await hear(client, FIRE),
    kitchen: await hear(client, KITCHEN),
    soup: await hear(client, SOUP),
  }),
);
await client.dispose();
