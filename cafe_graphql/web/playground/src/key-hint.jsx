// Says below an answer what to do when the café has to know who calls, or knows and refuses; gone with the next answer.

import { useMemo } from 'react';
import { Button, tryParseJSONC, useEditorState, useGraphiQL } from '@graphiql/react';
import { tellsWhoCalls } from './credentials.js';

const CODES = ['UNAUTHENTICATED', 'FORBIDDEN'];

const ADVICE = {
  needed: (
    <>
      This needs a key. Write one into Headers, such as the one that <code>cafe serve</code> printed on its first
      start.
    </>
  ),
  wrong: <>What Headers sends is not accepted. Write in a key that is valid, or delete it to come as a guest.</>,
  short: <>What Headers sends does not open this. Write in a key that does.</>,
};

export function KeyHint() {
  const [answer] = useEditorState('response');
  const headerEditor = useGraphiQL((state) => state.headerEditor);
  const advice = useMemo(() => adviceOn(answer, headerEditor), [answer]); // on what was sent, whatever is written since
  // The place is always there, for a screen reader announces only what changes in it.
  return (
    <div role="status">
      {advice && (
        <div className="key-hint">
          <span>{ADVICE[advice]}</span>
          <Button type="button" onClick={() => open(headerEditor)}>
            Open Headers
          </Button>
        </div>
      )}
    </div>
  );
}

function adviceOn(answer, headerEditor) {
  const code = refusalIn(answer);
  if (!code) return undefined;
  if (!tellsWhoCalls(headersIn(headerEditor))) return 'needed';
  return code === 'UNAUTHENTICATED' ? 'wrong' : 'short';
}

// Most answers name no such code anywhere, and a long one takes long to parse.
function refusalIn(answer) {
  if (!CODES.some((code) => answer.includes(`"${code}"`))) return undefined;
  try {
    const { errors } = JSON.parse(answer);
    return CODES.find((code) => errors?.some((error) => error.extensions?.code === code));
  } catch {
    return undefined; // GraphiQL may show any text in place of an answer
  }
}

function headersIn(editor) {
  try {
    return tryParseJSONC(editor?.getValue());
  } catch {
    return undefined; // they are being written, and no JSON yet
  }
}

// GraphiQL offers no way to its Headers but the button that a reader would press.
function open(headerEditor) {
  document.querySelector('.graphiql-editor-tools [data-name="headers"]')?.click();
  requestAnimationFrame(() => headerEditor?.focus());
}
