import { Stack, Text } from '@mantine/core';
import { listenersListOptions } from '@breakwater/client/queries';
import { useQuery } from '@tanstack/react-query';
import { Time } from '../../show/clock.js';
import { Notice } from '../../show/notice.js';

/** Says so where developers answer the sync calls of the app on their own machines; nothing otherwise. */
export function Listened({ appId }: { appId: string }) {
  const listeners = useQuery(listenersListOptions({ query: { appId } }));
  const answering = (listeners.data?.items ?? []).filter(({ answersCalls }) => answersCalls);
  if (answering.length === 0) return null;
  return (
    <Notice tone="info" title="A developer answers sync calls of this app">
      <Stack gap={4}>
        {answering.map(({ id, startedBy, startedAt, capabilities }) => (
          <Text size="sm" key={id} className="breakable">
            {`${startedBy} answers ${capabilities.length === 0 ? 'all capabilities' : capabilities.join(', ')}; began `}
            <Time at={startedAt} />.
          </Text>
        ))}
        <Text size="sm">
          While they run breakwater listen, these calls do not go to the URL of the manifest.
        </Text>
      </Stack>
    </Notice>
  );
}
