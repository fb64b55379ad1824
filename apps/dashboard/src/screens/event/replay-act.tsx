import { Select, Stack, TextInput } from '@mantine/core';
import { replayReplay, type EventStoryDto, type ReplayEventDto } from '@breakwater/client/functions';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLinks } from '../../session/use-links.js';
import { ConfirmAct } from '../../show/confirm.js';
import { plural } from '../../show/format.js';
import { Go } from '../../show/go.js';

const RESULTS = [
  { value: 'failed', label: 'those whose delivery failed' },
  { value: 'missing', label: 'those that have no delivery of it' },
  { value: 'all', label: 'all that match now' },
];

/** Delivers a stored event again, as new deliveries. */
export function ReplayAct({ event, onClose }: { event: EventStoryDto; onClose: () => void }) {
  const links = useLinks();
  const queries = useQueryClient();
  const [result, setResult] = useState<string | null>('failed');
  const [subscription, setSubscription] = useState('');
  const [appId, setAppId] = useState(event.appId ?? '');
  const [url, setUrl] = useState('');
  return (
    <ConfirmAct
      isOpen
      onClose={onClose}
      title={`Replay this ${event.type}?`}
      effect="New deliveries are made, each with its own webhook-id: a receiver takes them for new events. What was sent cannot be taken back."
      verb="Replay"
      run={async () => {
        const body: ReplayEventDto = {
          result: (result ?? 'failed') as NonNullable<ReplayEventDto['result']>,
          ...(subscription.trim() === '' ? {} : { subscription: subscription.trim() }),
          ...(subscription.trim() === '' || appId.trim() === '' ? {} : { appId: appId.trim() }),
          ...(url.trim() === '' ? {} : { url: url.trim() }),
        };
        const { data } = await replayReplay({ path: { id: event.id }, body, throwOnError: true });
        await queries.invalidateQueries();
        return data;
      }}
      done={({ operation }) => (
        <>
          <Go to={links.bulkOperation(operation.id)}>
            {plural(operation.planned, 'new delivery', 'new deliveries')}
          </Go>
        </>
      )}
    >
      <Stack gap="xs">
        <Select
          label="To which subscriptions"
          allowDeselect={false}
          data={RESULTS}
          value={result}
          onChange={setResult}
        />
        <TextInput
          label="Only this subscription (optional)"
          description="Its id, or its name together with the app."
          value={subscription}
          onChange={(change) => setSubscription(change.currentTarget.value)}
        />
        {subscription.trim() === '' ? null : (
          <TextInput
            label="App of the subscription"
            value={appId}
            onChange={(change) => setAppId(change.currentTarget.value)}
          />
        )}
        <TextInput
          label="To another URL (optional)"
          description="Called in place of those of the subscriptions."
          value={url}
          onChange={(change) => setUrl(change.currentTarget.value)}
        />
      </Stack>
    </ConfirmAct>
  );
}
