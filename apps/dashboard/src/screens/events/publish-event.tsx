import { Autocomplete, Button, Group, List, Stack, Text, TextInput } from '@mantine/core';
import { eventsPublish } from '@breakwater/client/functions';
import { eventtypesListOptions } from '@breakwater/client/queries';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { messageOf } from '../../data/api-error.js';
import { useLinks } from '../../session/use-links.js';
import { Failed } from '../../show/answer.js';
import { Dialog } from '../../show/dialog.js';
import { JsonField, parseJson } from '../../show/json-field.js';
import { Notice } from '../../show/notice.js';

const TYPES_MAX = 200;

/** Publishes one event, as a test or by hand. It is a real one: every subscription that matches gets it. */
export function PublishEvent({ onClose }: { onClose: () => void }) {
  const links = useLinks();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const types = useQuery(eventtypesListOptions({ query: { limit: TYPES_MAX } }));
  const [type, setType] = useState('');
  const [appId, setAppId] = useState('');
  const [payload, setPayload] = useState('{}');
  const publish = useMutation({
    mutationFn: async () => {
      const members = { type: type.trim(), ...(appId.trim() === '' ? {} : { appId: appId.trim() }) };
      const { data } = await eventsPublish({
        body: { ...members, payload: {} },
        // The bytes of the payload are sent as they were written: no number loses a digit.
        bodySerializer: () => `${JSON.stringify(members).slice(0, -1)},"payload":${payload}}`,
        throwOnError: true,
      });
      return data;
    },
    onSuccess: async ({ eventId, deliveries, warnings }) => {
      await queries.invalidateQueries();
      notifications.show({
        message: `Published${deliveries === null ? '' : `: ${deliveries} subscriptions get it`}${
          warnings.length > 0 ? `, with ${warnings.length} warnings of its schema` : ''
        }`,
        color: 'teal',
        role: 'status',
      });
      onClose();
      await navigate({ to: links.event(eventId) });
    },
  });
  const example = types.data?.items.find((known) => known.type === type.trim())?.example;
  const isReady = type.trim() !== '' && parseJson(payload).problem === null;
  return (
    <Dialog opened onClose={onClose} title="Publish an event" size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady && !publish.isPending) publish.mutate();
        }}
      >
        <Stack gap="sm">
          <Notice tone="info" title="This is a real event">
            <Text size="sm">Every subscription that matches it is called.</Text>
          </Notice>
          <Autocomplete
            label="Type"
            placeholder="order.created"
            required
            data-autofocus
            data={types.data?.items.map((known) => known.type) ?? []}
            value={type}
            onChange={setType}
            error={messageOf(publish.error, 'type')}
          />
          <TextInput
            label="App"
            description="Empty: an event of the platform, for every app that subscribed."
            value={appId}
            onChange={(event) => setAppId(event.currentTarget.value)}
            error={messageOf(publish.error, 'appId')}
          />
          <JsonField label="Payload" value={payload} onChange={setPayload} />
          {example === undefined || example === null ? null : (
            <Group>
              <Button
                size="compact-xs"
                variant="default"
                onClick={() => setPayload(JSON.stringify(example, null, 2))}
              >
                Use the example of this type
              </Button>
            </Group>
          )}
          {publish.error ? (
            <>
              <Failed error={publish.error} />
              <Problems error={publish.error} />
            </>
          ) : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose} disabled={publish.isPending}>
              Cancel
            </Button>
            <Button type="submit" loading={publish.isPending} disabled={!isReady}>
              Publish
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

function Problems({ error }: { error: unknown }) {
  const problems = (error as { problems?: readonly { pointer: string; message: string }[] }).problems ?? [];
  if (problems.length === 0) return null;
  return (
    <List size="sm">
      {problems.map(({ pointer, message }) => (
        <List.Item key={`${pointer} ${message}`} className="breakable">
          {`${pointer}: ${message}`}
        </List.Item>
      ))}
    </List>
  );
}
