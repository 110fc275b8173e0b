// A listener with Apollo Client, over its multipart protocol ("http") or over WebSockets ("ws"); prints what it heard.
import { ApolloClient, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import { COUNTED, FIRE, KITCHEN, LIVE, SOUP, callUntil } from "./streams_documents.mjs";

globalThis.WebSocket ??= WebSocket; // browsers have one, and Apollo's link asks for it by this name

const [uri, transport] = process.argv.slice(2);
const types = [];
const noted = async (...asked) => {
  const response = await fetch(...asked);
  types.push(response.headers.get("content-type"));
  return response;
};
const socket = createClient({ url: uri.replace("http", "ws"), webSocketImpl: WebSocket, retryAttempts: 0 });
const link = transport === "ws" ? new GraphQLWsLink(socket) : new HttpLink({ uri, fetch: noted });
const client = new ApolloClient({ link, cache: new InMemoryCache() });
const told = ({ data, error }) => ({ data, ...(error && { error: error.name, message: error.message }) });

function hear(query, variables = {}) {
  return new Promise((resolve) => {
    const answers = [];
    client.subscribe({ query: gql(query), variables, fetchPolicy: "no-cache" }).subscribe({
      next: (answer) => answers.push(told(answer)),
      error: (error) => resolve({ answers, failed: error.message }),
      complete: () => resolve({ answers }),
    });
  });
}

let heard;
const live = client.subscribe({ query: gql(LIVE) }).subscribe((answer) => (heard ??= told(answer)));
await callUntil(() => heard, uri);
live.unsubscribe();

console.log(
  JSON.stringify({
    live: heard,
    counted: await hear(COUNTED, { to: 3 }),
    fire: await hear(FIRE),
    kitchen: await hear(KITCHEN),
    soup: await hear(SOUP),
    types,
  }),
);
await socket.dispose();
