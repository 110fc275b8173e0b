// What a program asks of the café, in the words that every client here sends.

/** The key of a program that may read orders. */
export const WITH_KEY = { "X-API-Key": process.env.CAFE_KEY };

export const LATTE = `query Latte { menuItem(slug: "latte") { name price { formatted minorUnits } } }`;

export const QUOTE = `
  query Quote($input: OrderInput!) {
    quote(input: $input) {
      totals { total { minorUnits formatted } }
      problems {
        ...Reason
        ... on UnknownChoiceProblem { didYouMean allowed }
      }
    }
  }
  fragment Reason on Problem { code path }
`;

export const PLACE = `
  mutation Place($input: OrderInput!, $key: String, $expected: Int) {
    placeOrder(input: $input, idempotencyKey: $key, expectedTotalMinorUnits: $expected) {
      replayed
      order { id number status totals { total { minorUnits } } events { at actor ... on StatusChanged { to } } }
      problems { ...Reason ... on PriceChangedProblem { expected { formatted } actual { formatted } } }
    }
  }
  fragment Reason on Problem { code path }
`;

export const ORDERS = `
  query Orders($first: Int!, $after: String) {
    orders(first: $first, after: $after) {
      edges { cursor node { id number } }
      pageInfo { hasNextPage endCursor }
    }
  }
`;

/** One latte, medium, with a milk of the guest's choice. */
export const latte = (milk = "oat") => ({
  lines: [
    {
      item: "latte",
      options: [
        { group: "size", option: "medium" },
        { group: "milk", option: milk },
      ],
    },
  ],
});
