import { Text } from '@mantine/core';
import type { ShownBodyDto } from '@breakwater/client';
import { CodeView, prettyJson } from '../../show/code-view.js';
import { bodyNote, isShown } from './body-note.js';

/** A body with its size and hash. What is no text is not shown, but named by them. */
export function ShownBody({ what, body }: { what: string; body: ShownBodyDto }) {
  if (body.bytes === 0) {
    return (
      <Text size="sm" className="dimmed">
        {`The ${what} is empty.`}
      </Text>
    );
  }
  const note = bodyNote(body);
  if (!isShown(body))
    return <CodeView what={`hash of the ${what}`} note={note} text={`sha256 ${body.sha256}`} />;
  return <CodeView what={what} note={note} text={body.truncated ? body.content : prettyJson(body.content)} />;
}
