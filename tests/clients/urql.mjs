// A guest at the café with urql and its document cache; prints what the client saw, and how it asked, as JSON.
import { Client, cacheExchange, fetchExchange } from "@urql/core";
import { LATTE, ORDERS, PLACE, QUOTE, WITH_KEY, latte } from "./documents.mjs";

const [url, preferGet] = [process.argv[2], process.argv[3] === "GET"];
const methods = {};

/** Fetch as ever, and remember by which methods each operation went out. */
async function noted(input, options) {
  const body = options.body ?? JSON.stringify(Object.fromEntries(new URL(input).searchParams));
  const { operationName } = JSON.parse(body);
  (methods[operationName] ??= []).push(options.method);
  return fetch(input, options);
}

const client = new Client({
  url,
  fetch: noted,
  fetchOptions: { headers: WITH_KEY },
  exchanges: [cacheExchange, fetchExchange],
  preferGetMethod: preferGet ? "force" : false,
});

async function ask(query, variables = {}) {
  const { data, error } = await client.query(query, variables).toPromise();
  if (error) throw error;
  return data;
}

async function place(variables) {
  const { data, error } = await client.mutation(PLACE, variables).toPromise();
  if (error) throw error;
  return data.placeOrder;
}

const key = crypto.randomUUID();
const told = {
  latte: (await ask(LATTE)).menuItem,
  latteAgain: (await ask(LATTE)).menuItem,
  quote: (await ask(QUOTE, { input: latte() })).quote,
  misspelt: (await ask(QUOTE, { input: latte("oats") })).quote,
  dearer: await place({ input: latte(), expected: 350 }),
  placed: await place({ input: latte(), key, expected: 400 }),
  again: await place({ input: latte(), key, expected: 400 }),
};

/** Read the order book once, order two more, and page through it: the cached page must not be shown again. */
async function paging() {
  const ids = ({ orders }) => orders.edges.map((edge) => edge.node.id);
  const before = ids(await ask(ORDERS, { first: 2 }));
  const newer = [];
  for (let n = 0; n < 2; n++) newer.unshift((await place({ input: latte() })).order.id);
  const first = await ask(ORDERS, { first: 2 });
  const second = await ask(ORDERS, { first: 2, after: first.orders.pageInfo.endCursor });
  return { before, newer, first: ids(first), second: ids(second) };
}

console.log(JSON.stringify({ ...told, paging: await paging(), methods }));
