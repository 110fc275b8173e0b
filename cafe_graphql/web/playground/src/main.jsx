// Puts GraphiQL on the page, with our tabs, our name, the explorer, and help with keys.

import './workers.js';
import { createRoot } from 'react-dom/client';
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { explorerPlugin } from '@graphiql/plugin-explorer';
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import '@graphiql/plugin-explorer/style.css';
import 'graphiql/graphiql.css';
import './style.css';
import { Carrying } from './carrying.js';
import { fetcher } from './fetcher.js';
import { KeyHint } from './key-hint.jsx';
import { createStorage } from './storage.js';
import { headersHint, tabs } from './tabs.js';

const plugins = [HISTORY_PLUGIN, explorerPlugin()];
const storage = createStorage();

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
      <GraphiQL.Footer>
        <KeyHint />
      </GraphiQL.Footer>
      <Carrying />
    </GraphiQL>
  );
}

createRoot(document.getElementById('playground')).render(<Playground />);
