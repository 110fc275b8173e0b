// Tells the Monaco editor where its workers are: files beside this one, so `worker-src 'self'` is enough.

const FILES = { graphql: GRAPHQL_WORKER, json: JSON_WORKER }; // names with hashes, filled in by build.mjs

globalThis.MonacoEnvironment = {
  getWorker: (_id, label) =>
    new Worker(new URL(FILES[label] ?? EDITOR_WORKER, import.meta.url), { type: 'module' }),
};
