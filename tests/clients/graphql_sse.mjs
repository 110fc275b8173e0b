// A listener with graphql-sse, in distinct connections mode; prints what it heard as JSON.
import { createClient } from "graphql-sse";
import { COUNTED, FIRE, GUEST, KITCHEN, LIVE, SOUP, callUntil } from "./streams_documents.mjs";

const url = process.argv[2];
const client = createClient({ url, retryAttempts: 0 });

async function hear(query, variables = {}) {
  const answers = [];
  for await (const answer of client.iterate({ query, variables })) answers.push(answer);
  return { answers };
}

const live = client.iterate({ query: LIVE });
let heard;
live.next().then(({ value }) => (heard = value));
await callUntil(() => heard, url);
await live.return();

console.log(
  JSON.stringify({
    live: heard,
    counted: await hear(COUNTED, { to: 3 }),
    guest: await hear(GUEST),
    fire: await hear(FIRE),
    kitchen: await hear(KITCHEN),
    soup: await hear(SOUP),
  }),
);
client.dispose();
