import {
  subscriptionsCreate,
  subscriptionsUpdate,
  type CreateSubscriptionDto,
  type SubscriptionViewDto,
} from '@breakwater/client/functions';
import { Button, Checkbox, Group, JsonInput, Stack, TagsInput, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { messageOf } from '../../data/api-error.js';
import { useScope } from '../../session/session.js';
import { Failed } from '../../show/answer.js';
import { Dialog } from '../../show/dialog.js';
import { SecretOnce } from '../../show/secret-once.js';
import { FilterTest } from './filter-test.js';
import { readFilter } from './read-filter.js';

interface Props {
  appId: string;
  /** Null: a new one. */
  subscription: SubscriptionViewDto | null;
  onClose: () => void;
}

/** Makes or changes a subscription; the filter is tried on the events of the last 24 h before it is saved. */
export function SubscriptionForm({ appId, subscription, onClose }: Props) {
  const queries = useQueryClient();
  const { may } = useScope();
  const [name, setName] = useState('');
  const [url, setUrl] = useState(subscription?.url ?? '');
  const [events, setEvents] = useState<string[]>(subscription?.events ?? []);
  const [filterText, setFilterText] = useState(
    subscription?.filter ? JSON.stringify(subscription.filter, null, 2) : '',
  );
  const [description, setDescription] = useState(subscription?.description ?? '');
  const [isOwnSecret, setOwnSecret] = useState(false);
  const [isPaused, setPaused] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const filter = readFilter(filterText);
  const save = useMutation({
    mutationFn: async () => {
      const shared = { url: url.trim(), events };
      if (subscription !== null) {
        const body = {
          ...shared,
          filter: filter.value,
          description: description.trim() === '' ? null : description.trim(),
        };
        await subscriptionsUpdate({ path: { appId, name: subscription.name }, body, throwOnError: true });
        return null;
      }
      const body: CreateSubscriptionDto = {
        ...shared,
        name: name.trim(),
        paused: isPaused,
        ownSecret: isOwnSecret,
      };
      if (filter.value !== null) body.filter = filter.value;
      if (description.trim() !== '') body.description = description.trim();
      return (await subscriptionsCreate({ path: { appId }, body, throwOnError: true })).data;
    },
    onSuccess: (created) => {
      void queries.invalidateQueries();
      notifications.show({ message: `${subscription?.name ?? name} is saved.`, color: 'teal' });
      const made = created?.signingSecret;
      if (made) setSecret(made);
      else onClose();
    },
  });
  if (secret !== null)
    return <SecretOnce title={`Signing secret of ${name}`} secret={secret} onClose={onClose} />;
  const isReady =
    url.trim() !== '' &&
    events.length > 0 &&
    filter.problem === null &&
    (subscription !== null || name.trim() !== '');
  return (
    <Dialog
      opened
      onClose={onClose}
      size="lg"
      title={subscription ? `Change ${subscription.name}` : 'New subscription'}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady && !save.isPending) save.mutate();
        }}
      >
        <Stack gap="sm">
          {subscription ? null : (
            <TextInput
              label="Name"
              description="A lower-case letter, then lower-case letters, digits, _ and -."
              required
              data-autofocus
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              error={messageOf(save.error, 'name')}
            />
          )}
          <TextInput
            label="URL"
            description="Absolute, or a path that is appended to the app's base URL."
            required
            value={url}
            onChange={(event) => setUrl(event.currentTarget.value)}
            error={messageOf(save.error, 'url')}
          />
          <TagsInput
            label="Events"
            description="Types such as order.paid, or patterns such as order.*; Enter adds one."
            required
            value={events}
            onChange={setEvents}
            error={messageOf(save.error, 'events')}
            acceptValueOnBlur
          />
          <JsonInput
            label="Filter (optional)"
            description='Only events that match, for example {"payload": {"amount": {"$gte": 100}}}.'
            autosize
            minRows={3}
            maxRows={14}
            value={filterText}
            onChange={setFilterText}
            error={filter.problem ?? messageOf(save.error, 'filter')}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
          />
          {subscription && may('test') ? (
            <FilterTest appId={appId} name={subscription.name} events={events} filter={filter} />
          ) : null}
          <Textarea
            label="Description (optional)"
            maxLength={500}
            autosize
            value={description}
            onChange={(event) => setDescription(event.currentTarget.value)}
          />
          {subscription ? null : (
            <>
              <Checkbox
                label="A signing secret of its own, shown once"
                checked={isOwnSecret}
                onChange={(event) => setOwnSecret(event.currentTarget.checked)}
              />
              <Checkbox
                label="Begin paused, to try its filter first"
                checked={isPaused}
                onChange={(event) => setPaused(event.currentTarget.checked)}
              />
            </>
          )}
          {save.error ? <Failed error={save.error} /> : null}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={save.isPending} disabled={!isReady}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
