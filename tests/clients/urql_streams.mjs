// A listener with urql and its fetchExchange; prints what it heard, and in which media type, as JSON.
import { Client, fetchExchange } from "@urql/core";
import { COUNTED, FIRE, GUEST, KITCHEN, LIVE, SOUP, callUntil } from "./streams_documents.mjs";

const url = process.argv[2];
const types = {};
const noted = async (input, options) => {
  const response = await fetch(input, options);
  (types[JSON.parse(options.body).operationName] ??= []).push(response.headers.get("content-type"));
  return response;
};
const client = new Client({
  url,
  fetch: noted,
  exchanges: [fetchExchange],
  fetchSubscriptions: true,
  preferGetMethod: false,
});
const told = ({ data, error }) => ({ data: data ?? null, ...(error && { error: error.message }) });

function hear(query, variables = {}) {
  return new Promise((resolve) => {
    const answers = [];
    client.subscription(query, variables).subscribe((answer) => {
      if (answer.hasNext) answers.push(told(answer));
      else resolve({ answers, last: told(answer) });
    });
  });
}

let heard;
const live = client.subscription(LIVE, {}).subscribe((answer) => (heard ??= told(answer)));
await callUntil(() => heard, url);
live.unsubscribe();

console.log(
  JSON.stringify({
    live: heard,
    counted: await hear(COUNTED, { to: 3 }),
    guest: told(await client.query(GUEST, {}).toPromise()),
    fire: await hear(FIRE),
    kitchen: await hear(KITCHEN),
    soup: await hear(SOUP),
    types,
  }),
);
