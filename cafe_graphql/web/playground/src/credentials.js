// What the headers of a tab say of who calls.

// What stands for a key, like the hint's own `cafe_…`, would be refused as a wrong one: so it is left out.
export function sendable(headers) {
  return Object.fromEntries(Object.entries(headers ?? {}).filter(([, value]) => !String(value).includes('…')));
}

export function tellsWhoCalls(headers) {
  return Object.keys(sendable(headers)).some((name) => /^(x-api-key|authorization)$/i.test(name));
}
