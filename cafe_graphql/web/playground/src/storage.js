// What the browser remembers from one visit to the next.

import { createLocalStorage } from '@graphiql/toolkit';

const OPEN_TAB = { 'graphiql:query': 'query', 'graphiql:variables': 'variables', 'graphiql:headers': 'headers' };

// GraphiQL writes the open tab down twice, at different moments, and after a reload opens one tab more if the two
// differ, as they do when a key was written into a tab that had not been touched. Here the tab itself answers for both.
export function createStorage() {
  const storage = createLocalStorage({ namespace: 'cafe' }); // not another project's on the same localhost port
  const { getItem } = storage;
  storage.getItem = (key) => (key in OPEN_TAB ? (openTab(getItem)?.[OPEN_TAB[key]] ?? null) : getItem(key));
  return storage;
}

function openTab(getItem) {
  try {
    const { tabs, activeTabIndex } = JSON.parse(getItem('graphiql:tabState'));
    return tabs[activeTabIndex];
  } catch {
    return undefined; // nothing is written down yet
  }
}
