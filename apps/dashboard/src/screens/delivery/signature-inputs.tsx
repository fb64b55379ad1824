import { Text } from '@mantine/core';
import { CodeView } from '../../show/code-view.js';
import { headerOf } from './trace.js';

/** What the signature was made over: with it and the secret a receiver can check its own computation. */
export function SignatureInputs({ headers }: { headers: Readonly<Record<string, string>> }) {
  const id = headerOf(headers, 'webhook-id');
  const timestamp = headerOf(headers, 'webhook-timestamp');
  if (id === null || timestamp === null || headerOf(headers, 'webhook-signature') === null) return null;
  const at = new Date(Number(timestamp) * 1000);
  return (
    <>
      <CodeView
        what="signed content"
        note="signed content: webhook-id, webhook-timestamp and the body, joined by dots"
        text={`${id}.${timestamp}.<the bytes of the body>`}
      />
      <Text size="xs" className="dimmed">
        {`webhook-signature is v1 and the base64 of its HMAC-SHA256 with the secret of the endpoint. The timestamp is ${
          Number.isNaN(at.getTime()) ? timestamp : at.toISOString()
        }.`}
      </Text>
    </>
  );
}
