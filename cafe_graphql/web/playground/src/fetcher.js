// Sends one operation to the address this page came from, and gives back the answer as data.
// Only plain HTTP for now; a subscription would return an async iterable from here instead.

export async function fetcher(operation, { headers } = {}) {
  const response = await fetch(location.pathname, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/graphql-response+json, application/json',
      ...headers,
    },
    body: JSON.stringify(named(operation)),
  });
  return read(response);
}

// Just after a change of tabs, GraphiQL still names the operation of the tab before.
function named({ operationName, ...operation }) {
  return operation.query.includes(operationName) ? { ...operation, operationName } : operation;
}

async function read(response) {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    // A proxy's error page, say: better shown as it is than as "unexpected token <".
    throw new Error(`The server answered ${response.status} without JSON: ${text.slice(0, 200)}`);
  }
}
