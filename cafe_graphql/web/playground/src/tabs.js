// The example tabs that greet a newcomer, in the order in which a guest would use them.

import browse from './tabs/1-browse.graphql';
import latte from './tabs/2-latte.graphql';
import quote from './tabs/3-quote.graphql';
import quoteVariables from './tabs/3-quote.json';
import place from './tabs/4-place.graphql';
import placeVariables from './tabs/4-place.json';
import history from './tabs/5-history.graphql';
import follow from './tabs/6-follow.graphql';

export const tabs = [
  tab(browse),
  tab(latte),
  tab(quote, quoteVariables),
  tab(place, { ...placeVariables, idempotencyKey: freshKey() }),
  tab(history),
  tab(follow),
];

// The editor reads JSON with comments, so the hint is sent as `{}` until its line is uncommented.
export const headersHint = `{
  // Guests need no key. Staff and apps send theirs like this:
  // "X-API-Key": "your key"
}`;

function tab(document, variables) {
  return { query: document.trimEnd(), variables: variables && JSON.stringify(variables, null, 2) };
}

// Two browsers must not share a key, or the second is handed the first one's order.
function freshKey() {
  const [number] = crypto.getRandomValues(new Uint32Array(1));
  return `playground-${number.toString(36)}`;
}
