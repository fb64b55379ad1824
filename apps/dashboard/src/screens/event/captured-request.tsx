import type { CapturedRequestDto } from '@breakwater/client';
import { Text } from '@mantine/core';
import { CodeView } from '../../show/code-view.js';
import { Panel } from '../../show/panel.js';

/** A captured request as it came. */
export function CapturedRequest({ request }: { request: CapturedRequestDto }) {
  const { method, path, query, headers, bodyBase64 } = request;
  const head = [
    `${method} ${path === '' ? '/' : path}${query === '' ? '' : `?${query}`}`,
    ...(headers ?? []).map(({ name, value }) => `${name}: ${value}`),
  ].join('\n');
  return (
    <Panel title="Captured request">
      <CodeView what="request as it came" text={head} />
      {headers === null ? (
        <Text size="sm" className="dimmed" mt="xs">
          Its headers are not shown: a key that only reads may not see them.
        </Text>
      ) : null}
      {bodyBase64 === null ? null : (
        <CodeView what="body in base64" text={bodyBase64} note="body in base64: it is no text" />
      )}
    </Panel>
  );
}
