// The example tabs that greet a newcomer, in the order in which a guest would use them; the last two need a key.

import browse from './tabs/1-browse.graphql';
import latte from './tabs/2-latte.graphql';
import quote from './tabs/3-quote.graphql';
import quoteVariables from './tabs/3-quote.json';
import place from './tabs/4-place.graphql';
import placeVariables from './tabs/4-place.json';
import follow from './tabs/5-follow.graphql';
import followVariables from './tabs/5-follow.json';
import signUp from './tabs/6-sign-up.graphql';
import signUpVariables from './tabs/6-sign-up.json';
import history from './tabs/7-history.graphql';
import kitchen from './tabs/8-kitchen.graphql';

// Two browsers must not share these: the second would be handed the first one's order, or find its address taken.
const ownKey = `playground-${random()}`;
const ownAddress = `ada-${random()}@example.com`;

export const tabs = [
  tab(browse),
  tab(latte),
  tab(quote, quoteVariables),
  tab(place, { ...placeVariables, idempotencyKey: ownKey }),
  tab(follow, followVariables),
  tab(signUp, { ...signUpVariables, email: ownAddress }),
  tab(history),
  tab(kitchen),
];

// The editor reads JSON with comments, so this is sent as `{}` until one of its lines is uncommented.
export const headersHint = `{
  // Guests need no key. With one, uncomment its line.
  // As \`cafe serve\` printed it on its first start:
  // "X-API-Key": "cafe_…"
  // As signUp or signIn gave it, the accessToken:
  // "Authorization": "Bearer …"
}`;

// What the variables of FollowMyOrder say with the token of an order, or at first with none.
export function following(token = followVariables.token) {
  return written({ token });
}

function tab(document, variables) {
  return { query: document.trimEnd(), variables: variables && written(variables) };
}

function written(variables) {
  return JSON.stringify(variables, null, 2);
}

function random() {
  const [number] = crypto.getRandomValues(new Uint32Array(1));
  return number.toString(36);
}
