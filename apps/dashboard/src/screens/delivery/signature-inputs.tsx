import type { SignatureDto } from '@breakwater/client';
import { Text } from '@mantine/core';
import { CodeView } from '../../show/code-view.js';
import { plural } from '../../show/format.js';

const SCHEMES: Record<string, string> = { v1: 'v1 (HMAC-SHA256)', v1a: 'v1a (Ed25519)' };

/** What the signatures were made over: with it and the secret a receiver can check its own computation. */
export function SignatureInputs({ signature: { id, timestamp, schemes } }: { signature: SignatureDto }) {
  const at = new Date(Number(timestamp) * 1000);
  return (
    <>
      <CodeView
        what="signed content"
        note="signed content: webhook-id, webhook-timestamp and the body, joined by dots"
        text={`${id}.${timestamp}.<the bytes of the body>`}
      />
      <Text size="xs" className="dimmed">
        {`${plural(schemes.length, 'signature')}: ${schemes.map((scheme) => SCHEMES[scheme] ?? scheme).join(', ')}. Signed at ${
          Number.isNaN(at.getTime()) ? timestamp : at.toISOString()
        }.`}
      </Text>
    </>
  );
}
