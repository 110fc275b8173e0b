// Sends one operation to the address this page came from, and gives back the answer as data.
// A subscription goes over a WebSocket to the same address, and gives an observable of its answers.

import { createClient } from 'graphql-ws';
import { getOperationAST, parse } from 'graphql';
import { sendable } from './credentials.js';

const NOTHING = { message: 'It ended before it told anything: there is no such thing, or nothing new about it.' };
const REFUSALS = { 401: 'UNAUTHENTICATED', 4401: 'UNAUTHENTICATED', 4403: 'FORBIDDEN' };

export async function fetcher(asked, { headers } = {}) {
  const operation = named(asked);
  const said = sendable(headers);
  return isSubscription(operation) ? follow(operation, said) : post(operation, said);
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
  let isTold = false;
  const unlessLeft = (tell) => (said) => isLeft || tell(said);
  const leave = client.subscribe(operation, {
    next: unlessLeft((answer) => {
      isTold = true;
      reader.next(answer);
    }),
    error: unlessLeft((error) => reader.error(inWords(error))),
    complete: unlessLeft(() => (isTold ? reader.complete() : reader.error(NOTHING))),
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
  if (!error.reason) return { message: 'The server cannot be reached.' };
  return refused(error.code, `The server closed the socket: ${error.reason}`);
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
    const message = `The server answered ${response.status} without JSON: ${text.slice(0, 200)}`;
    return { errors: [refused(response.status, message)] };
  }
}

// With the code that an answer of the café's own would have, so that the hint below it knows.
function refused(status, message) {
  return status in REFUSALS ? { message, extensions: { code: REFUSALS[status] } } : { message };
}
