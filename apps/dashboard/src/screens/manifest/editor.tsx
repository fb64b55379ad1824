import { autocompletion } from '@codemirror/autocomplete';
import { json } from '@codemirror/lang-json';
import { linter, lintGutter, type Diagnostic } from '@codemirror/lint';
import { useComputedColorScheme } from '@mantine/core';
import CodeMirror, { EditorView, Prec, type ReactCodeMirrorRef } from '@uiw/react-codemirror';
import { useEffect, useImperativeHandle, useMemo, useRef, type Ref } from 'react';
import { completeManifest } from './completions.js';
import { notationOf, type Finding } from './manifest-text.js';

export interface EditorHandle {
  /** Puts the cursor at an offset and shows it. */
  jump: (offset: number) => void;
}

/** The dark theme of CodeMirror on a darker ground: on its own its texts have too little contrast. */
const DARK = EditorView.theme(
  {
    '&': { backgroundColor: '#16191d' },
    '.cm-gutters': { backgroundColor: '#16191d', color: '#a9b4bf' },
    '.cm-activeLineGutter': { backgroundColor: '#2c3238' },
  },
  { dark: true },
);

interface Props {
  text: string;
  onChange: (text: string) => void;
  findings: readonly Finding[];
  schema: Record<string, unknown> | undefined;
  isReadOnly: boolean;
  ref?: Ref<EditorHandle>;
}

/** The editor of a manifest; a file of its own, because CodeMirror is loaded only here. */
export function Editor({ text, onChange, findings, schema, isReadOnly, ref }: Props) {
  const theme = useComputedColorScheme('light');
  const editor = useRef<ReactCodeMirrorRef>(null);
  const isJson = notationOf(text) === 'json';
  useImperativeHandle(ref, () => ({
    jump: (offset) => {
      const view = editor.current?.view;
      if (!view) return;
      const anchor = Math.min(offset, view.state.doc.length);
      view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) });
      view.focus();
    },
  }));
  const current = useRef(findings);
  current.current = findings;
  const extensions = useMemo(
    () => [
      ...(isJson ? [json()] : []),
      lintGutter(),
      linter((view) => diagnostics(current.current, view.state.doc.length), {
        delay: 0,
        needsRefresh: () => true,
      }),
      ...(theme === 'dark' ? [Prec.highest(DARK)] : []),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ 'aria-label': 'Manifest' }),
      ...(schema && isJson ? [autocompletion({ override: [completeManifest(schema)] })] : []),
    ],
    [isJson, schema, theme],
  );
  // New findings come without a change of the text, from the server: an empty change shows them.
  useEffect(() => {
    editor.current?.view?.dispatch({});
  }, [findings]);
  return (
    <CodeMirror
      ref={editor}
      value={text}
      onChange={onChange}
      extensions={extensions}
      theme={theme}
      readOnly={isReadOnly}
      minHeight="320px"
      maxHeight="65vh"
      basicSetup={{ foldGutter: false, highlightActiveLine: false }}
      style={{
        border: '1px solid var(--mantine-color-default-border)',
        borderRadius: 8,
        overflow: 'hidden',
        fontSize: 13,
      }}
    />
  );
}

function diagnostics(findings: readonly Finding[], end: number): Diagnostic[] {
  return findings.map(({ from, to, message, isWarning }) => ({
    from: Math.min(from, end),
    to: Math.min(to, end),
    message,
    severity: isWarning ? 'warning' : 'error',
  }));
}
