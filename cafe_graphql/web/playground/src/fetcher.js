// Sends one operation to the address this page came from, and gives back the answer as data.
// A subscription goes over a WebSocket to the same address, and gives an observable of its answers.

import { createClient } from 'graphql-ws';
import { getOperationAST, parse } from 'graphql';

export async function fetcher(asked, { headers } = {}) {
  const operation = named(asked);
  return isSubscription(operation) ? follow(operation, headers) : post(operation, headers);
}

// Just after a change of tabs, GraphiQL still names the operation of the tab before.
function named({ operationName, ...operation }) {
  return operation.query.includes(operationName) ? { ...operation, operationName } : operation;
}

// Read from the text, for the parsed document that GraphiQL gives may be of the tab before, too.
function isSubscription({ query, operationName }) {
  try {
    return getOperationAST(parse(query), operationName)?.operation === 'subscription';
  } catch {
    return false; // the server says better what is wrong with it
  }
}

// A socket for each subscription: its headers are said when it opens, and another may have others.
function follow(operation, headers) {
  const client = createClient({
    url: location.origin.replace('http', 'ws') + location.pathname,
    connectionParams: headers,
    shouldRetry: () => true, // a refused connection too: the server may just be starting again
  });
  return { subscribe: (reader) => ({ unsubscribe: subscribe(client, operation, reader) }) };
}

// Once left, it is silent: graphql-ws completes it later, when GraphiQL may show the next one already.
function subscribe(client, operation, reader) {
  let isLeft = false;
  const unlessLeft = (tell) => (said) => isLeft || tell(said);
  const leave = client.subscribe(operation, {
    next: unlessLeft((answer) => reader.next(answer)),
    error: unlessLeft((error) => reader.error(inWords(error))),
    complete: unlessLeft(() => reader.complete()),
  });
  return () => {
    isLeft = true;
    leave();
  };
}

// Errors of the operation are told as they are; an event of the socket's would be shown as `isTrusted: true`,
// and an Error with its stack.
function inWords(error) {
  if (!(error instanceof Event)) return error;
  return { message: error.reason ? `The server closed the socket: ${error.reason}` : 'The server cannot be reached.' };
}

async function post(operation, headers) {
  const response = await fetch(location.pathname, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      Accept: 'application/graphql-response+json, application/json',
      ...headers,
    },
    body: JSON.stringify(operation),
  });
  return read(response);
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
