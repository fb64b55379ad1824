import { replayReplay } from '@breakwater/client/functions';
import { sourcecapturesGetOptions } from '@breakwater/client/queries';
import { Button, Drawer, Group, Stack, Text, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useScope } from '../../session/session.js';
import { useLinks } from '../../session/use-links.js';
import { Answer } from '../../show/answer.js';
import { Time } from '../../show/clock.js';
import { CodeView } from '../../show/code-view.js';
import { ConfirmAct } from '../../show/confirm.js';
import { formatBytes } from '../../show/format.js';
import { Go } from '../../show/go.js';
import { rawRequest } from './source-words.js';

interface Props {
  appId: string;
  source: string;
  id: string;
  onClose: () => void;
}

/** One captured request, as it came. */
export function CapturePanel({ appId, source, id, onClose }: Props) {
  const links = useLinks();
  const { may } = useScope();
  const [isReplaying, setReplaying] = useState(false);
  const capture = useQuery(sourcecapturesGetOptions({ path: { appId, source, id } }));
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="lg"
      title="Captured request"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Answer query={capture} what="requests">
        {(found) => (
          <Stack>
            <Text size="sm">
              Received <Time at={found.receivedAt} isExact />
              {found.remoteAddress ? ` from ${found.remoteAddress}` : ''}
            </Text>
            {found.detail ? <Text size="sm">{found.detail}</Text> : null}
            <CodeView
              what="captured request"
              text={rawRequest(found)}
              note={
                found.bodyText === null && found.bodyBytes > 0
                  ? `Body of ${formatBytes(found.bodyBytes)}, not text: shown as base64 below`
                  : `Body of ${formatBytes(found.bodyBytes)}`
              }
              maxHeight={520}
            />
            {found.bodyText === null && found.bodyBase64 ? (
              <CodeView what="body as base64" text={found.bodyBase64} />
            ) : null}
            {found.eventId ? (
              <Group>
                <Go to={links.event(found.eventId)}>Event and its deliveries</Go>
                {may('redeliver') ? (
                  <Button size="xs" variant="default" onClick={() => setReplaying(true)}>
                    Replay
                  </Button>
                ) : null}
              </Group>
            ) : null}
            {isReplaying && found.eventId ? (
              <Replay eventId={found.eventId} onClose={() => setReplaying(false)} />
            ) : null}
          </Stack>
        )}
      </Answer>
    </Drawer>
  );
}

function Replay({ eventId, onClose }: { eventId: string; onClose: () => void }) {
  const queries = useQueryClient();
  const links = useLinks();
  const [url, setUrl] = useState('');
  return (
    <ConfirmAct
      isOpen
      onClose={onClose}
      title="Replay this request?"
      effect="It is forwarded again to each target, marked as a replay. The captured request does not change."
      verb="Replay"
      run={async () => {
        const body = url.trim() === '' ? {} : { url: url.trim() };
        return (await replayReplay({ path: { id: eventId }, body, throwOnError: true })).data;
      }}
      done={() => {
        void queries.invalidateQueries();
        return <Go to={links.event(eventId)}>Replayed: see its deliveries</Go>;
      }}
    >
      <TextInput
        label="Another URL (optional)"
        description="Called in place of the targets."
        value={url}
        onChange={(event) => setUrl(event.currentTarget.value)}
      />
    </ConfirmAct>
  );
}
