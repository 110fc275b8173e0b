// A guest at the café with Apollo Client and its normalised cache; prints what the client saw as JSON.
import { ApolloClient, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { relayStylePagination } from "@apollo/client/utilities";
import { LATTE, ORDERS, PLACE, QUOTE, WITH_KEY, latte } from "./documents.mjs";

const uri = process.argv[2];
const POSSIBLE_TYPES = `{ __schema { types { name kind possibleTypes { name } } } }`;
const SIZES = gql`
  query Sizes {
    menu {
      items { id slug optionGroups { id slug options { id slug priceDelta { minorUnits } } } }
    }
  }
`;
const MENU = gql`query Menu { menu { categories { id slug items { id slug } } } }`;
const SEARCH = gql`
  query Search {
    menu(filter: { search: "latte" }) { items { id slug category { id slug } } }
  }
`;
const SEARCH_BY_HEADING = gql`
  query SearchByHeading {
    menu(filter: { search: "latte" }) { categories { id slug items { id slug } } }
  }
`;

async function possibleTypes() {
  const body = JSON.stringify({ query: POSSIBLE_TYPES });
  const response = await fetch(uri, { method: "POST", headers: { "content-type": "application/json" }, body });
  const { types } = (await response.json()).data.__schema;
  const interfaces = types.filter((type) => type.kind === "INTERFACE");
  return Object.fromEntries(interfaces.map((type) => [type.name, type.possibleTypes.map(({ name }) => name)]));
}

const types = await possibleTypes();
const guest = (typePolicies = {}) =>
  new ApolloClient({
    link: new HttpLink({ uri, headers: WITH_KEY }),
    cache: new InMemoryCache({
      possibleTypes: types,
      typePolicies: { Query: { fields: { orders: relayStylePagination(["filter", "sort"]) } }, ...typePolicies },
    }),
  });

async function ordering() {
  const client = guest();
  const key = crypto.randomUUID();
  const ask = async (query, variables) => (await client.query({ query: gql(query), variables })).data;
  const place = async (variables) => (await client.mutate({ mutation: gql(PLACE), variables })).data.placeOrder;
  return {
    latte: (await ask(LATTE)).menuItem,
    quote: (await ask(QUOTE, { input: latte() })).quote,
    misspelt: (await ask(QUOTE, { input: latte("oats") })).quote,
    dearer: await place({ input: latte(), expected: 350 }),
    placed: await place({ input: latte(), key, expected: 400 }),
    again: await place({ input: latte(), key, expected: 400 }),
  };
}

/** Place three orders, read two pages of two, and give the first as answered and both as the cache joined them. */
async function paging() {
  const client = guest();
  const placed = [];
  for (let n = 0; n < 3; n++) {
    const { data } = await client.mutate({ mutation: gql(PLACE), variables: { input: latte() } });
    placed.unshift(data.placeOrder.order.id);
  }
  const watched = client.watchQuery({ query: gql(ORDERS), variables: { first: 2 } });
  const first = (await watched.refetch()).data.orders;
  await watched.fetchMore({ variables: { after: first.pageInfo.endCursor } });
  const joined = client.readQuery({ query: gql(ORDERS), variables: { first: 2 } }).orders;
  const ids = (page) => page.edges.map((edge) => edge.node.id);
  return { placed, first: ids(first), joined: ids(joined) };
}

async function sizes() {
  const client = guest();
  await client.query({ query: SIZES });
  const { menu } = client.readQuery({ query: SIZES }); // not the answer, but what the cache made of it
  const medium = (item) => item.optionGroups.find((g) => g.slug === "size")?.options.find((o) => o.slug === "medium");
  const found = menu.items.filter(medium).map((item) => [item.slug, medium(item)]);
  return Object.fromEntries(found.map(([slug, { id, priceDelta }]) => [slug, { id, delta: priceDelta.minorUnits }]));
}

/** What the cache shows of the whole menu, before and after the guest has searched it. */
async function searching(search, typePolicies) {
  const client = guest(typePolicies);
  const slugs = ({ menu }) => menu.categories.map(({ slug, items }) => [slug, items.map((item) => item.slug)]);
  const before = slugs((await client.query({ query: MENU })).data);
  await client.query({ query: search });
  return { before, after: slugs(client.readQuery({ query: MENU })) };
}

console.log(
  JSON.stringify({
    possibleTypes: types,
    ...(await ordering()),
    paging: await paging(),
    sizes: await sizes(),
    search: await searching(SEARCH),
    searchByHeading: await searching(SEARCH_BY_HEADING, { MenuCategory: { keyFields: false } }),
  }),
);
