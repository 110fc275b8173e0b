// What the listeners of this folder ask the board of the tests, and a way to call out an order.
export const COUNTED = "subscription Counted($to: Int!) { counted(to: $to) }";
export const LIVE = "subscription Live { ownCalls { number heardBy } }";
export const FIRE = "subscription Fire { fire }";
export const KITCHEN = "subscription Kitchen { kitchen }";
export const SOUP = "subscription Soup { soup }";
export const GUEST = "query Guest { guest }";

/** Call out an order by a plain request. */
export async function call(url, number) {
  const body = JSON.stringify({ query: `mutation { call(number: ${number}) }` });
  await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
}

/** Call out orders until somebody has heard one: nobody knows when a listener listens. */
export async function callUntil(heard, url) {
  for (let number = 1; !heard(); number++) {
    await call(url, number);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
