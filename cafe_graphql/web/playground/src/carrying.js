// Carries over to a tab that is opened what was said in another: who calls, and the token of the order just placed.

import { useEffect, useRef } from 'react';
import { pick, useGraphiQL } from '@graphiql/react';
import { following, headersHint } from './tabs.js';

const ASKED = pick('tabs', 'activeTabIndex', 'headerEditor', 'variableEditor');

export function Carrying() {
  const { tabs, activeTabIndex, headerEditor, variableEditor } = useGraphiQL(ASKED);
  const { id } = tabs[activeTabIndex]; // not the index, which stays when the first of two tabs is closed
  useHeaders(id, headerEditor);
  useToken(id, variableEditor, tabs);
  return null;
}

// A tab whose headers nobody has touched takes those that were last to be seen; one with its own keeps them.
function useHeaders(tab, editor) {
  const seen = useRef(headersHint);
  useEffect(() => {
    if (!editor) return undefined;
    if (editor.getValue() === headersHint && seen.current !== headersHint) editor.setValue(seen.current);
    const note = () => {
      if (editor.getValue() !== headersHint) seen.current = editor.getValue();
    };
    note();
    const noting = editor.onDidChangeModelContent(note);
    return () => noting.dispose();
  }, [tab, editor]);
}

// Only in place of what was put there by us: another token is somebody's own.
function useToken(tab, editor, tabs) {
  const put = useRef(following());
  useEffect(() => {
    const token = tabs.map(({ response }) => /"trackingToken": "([^"]+)"/.exec(response)?.[1]).find(Boolean);
    if (!token || ![following(), put.current].includes(editor?.getValue())) return;
    put.current = following(token);
    editor.setValue(put.current);
  }, [tab, editor]);
}
