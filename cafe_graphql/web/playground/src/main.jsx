// Puts GraphiQL on the page, with our tabs, our name and the explorer.

import './workers.js';
import { createRoot } from 'react-dom/client';
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { explorerPlugin } from '@graphiql/plugin-explorer';
import { createLocalStorage } from '@graphiql/toolkit';
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import '@graphiql/plugin-explorer/style.css';
import 'graphiql/graphiql.css';
import './style.css';
import { fetcher } from './fetcher.js';
import { headersHint, tabs } from './tabs.js';

const plugins = [HISTORY_PLUGIN, explorerPlugin()];
// Another project's GraphiQL on the same localhost port must not show its tabs here.
const storage = createLocalStorage({ namespace: 'cafe' });

function Playground() {
  return (
    <GraphiQL
      fetcher={fetcher}
      storage={storage}
      plugins={plugins}
      defaultTabs={tabs}
      defaultHeaders={headersHint}
      defaultEditorToolsVisibility="variables"
      shouldPersistHeaders
    >
      <GraphiQL.Logo>
        <span className="cafe-name">Café GraphQL</span>
      </GraphiQL.Logo>
    </GraphiQL>
  );
}

createRoot(document.getElementById('playground')).render(<Playground />);
