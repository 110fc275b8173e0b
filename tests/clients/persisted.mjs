// Apollo Client and urql with persisted queries; prints what each sent and what it got, as JSON.
import { createHash } from "node:crypto";
import { ApolloClient, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { createPersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { Client, fetchExchange } from "@urql/core";
import { persistedExchange } from "@urql/exchange-persisted";
import { PLACE, latte } from "./documents.mjs";

const uri = process.argv[2];
const sha256 = (text) => createHash("sha256").update(text).digest("hex");

/** A document that no other run has sent. */
const fresh = () => `query Q${crypto.randomUUID().replaceAll("-", "")} { menuItem(slug: "latte") { name } }`;

/** Fetch as ever, and note each request: by which method, with or without its text and its hash; and the status. */
function noting(sent) {
  return async (input, options) => {
    const url = new URL(input);
    const fields = options.body ? JSON.parse(options.body) : Object.fromEntries(url.searchParams);
    const extensions = typeof fields.extensions === "string" ? JSON.parse(fields.extensions) : fields.extensions;
    const response = await fetch(input, options);
    sent.push({
      isOrder: fields.operationName === "Place",
      method: options.method,
      text: "query" in fields,
      hash: Boolean(extensions?.persistedQuery?.sha256Hash),
      status: response.status,
    });
    return response;
  };
}

async function apollo(useGETForHashedQueries) {
  const sent = [];
  const link = createPersistedQueryLink({ sha256, useGETForHashedQueries });
  const client = new ApolloClient({
    link: link.concat(new HttpLink({ uri, fetch: noting(sent) })),
    cache: new InMemoryCache(),
    defaultOptions: { query: { fetchPolicy: "network-only" } },
  });
  const query = gql(fresh());
  const answers = [];
  for (let n = 0; n < 3; n++) answers.push((await client.query({ query })).data.menuItem.name);
  const { data } = await client.mutate({ mutation: gql(PLACE), variables: { input: latte() } });
  return { sent, answers, placed: data.placeOrder.problems };
}

async function urql(preferGetForPersistedQueries) {
  const sent = [];
  const client = new Client({
    url: uri,
    fetch: noting(sent),
    exchanges: [persistedExchange({ preferGetForPersistedQueries }), fetchExchange],
    requestPolicy: "network-only",
  });
  const query = fresh();
  const answers = [];
  for (let n = 0; n < 3; n++) {
    const { data, error } = await client.query(query, {}).toPromise();
    answers.push(error ? String(error) : data.menuItem.name);
  }
  const { data } = await client.mutation(PLACE, { input: latte() }).toPromise();
  return { sent, answers, placed: data.placeOrder.problems };
}

console.log(
  JSON.stringify({
    apolloByPost: await apollo(false),
    apolloByGet: await apollo(true),
    urqlByPost: await urql(false),
    urqlByGet: await urql("force"),
  }),
);
