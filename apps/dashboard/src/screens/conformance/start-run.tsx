import { Button, Checkbox, Group, JsonInput, NativeSelect, Stack, Text } from '@mantine/core';
import { conformancerunsStart } from '@breakwater/client/functions';
import { holdsListOptions, subscriptionsListOptions } from '@breakwater/client/queries';
import { useMutation, useQuery } from '@tanstack/react-query';
import { ClipboardCheck } from 'lucide-react';
import { useState } from 'react';
import { Failed } from '../../show/answer.js';
import { readPayload, targetOf } from './run-sentence.js';

interface Props {
  appId: string;
  /** A run of the app is in progress. */
  isRunning: boolean;
  onStarted: (id: string) => void;
}

/** Asks which endpoint is checked and with what, and starts a run. */
export function StartRun({ appId, isRunning, onStarted }: Props) {
  const capabilities = useQuery(holdsListOptions({ path: { appId } }));
  const subscriptions = useQuery(subscriptionsListOptions({ path: { appId } }));
  const [chosen, choose] = useState('');
  const [text, setText] = useState('');
  const [isKept, keep] = useState(false);
  const targets = [
    ...(capabilities.data?.items ?? []).map(({ capability }) => ({
      value: `capability:${capability}`,
      label: `Capability ${capability}`,
    })),
    // What a source forwards is signed by its provider, and cannot be checked so.
    ...(subscriptions.data?.items ?? [])
      .filter(({ managedBy }) => managedBy !== 'source')
      .map(({ name }) => ({ value: `subscription:${name}`, label: `Subscription ${name}` })),
  ];
  const target = targets.some(({ value }) => value === chosen) ? chosen : targets[0]?.value;
  const { payload, problem } = readPayload(text);
  const start = useMutation({
    mutationFn: async () => {
      const body = { ...targetOf(target!), keep: isKept, ...(payload === null ? {} : { payload }) };
      return (await conformancerunsStart({ path: { appId }, body, throwOnError: true })).data;
    },
    onSuccess: ({ id }) => onStarted(id),
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate();
      }}
    >
      <Stack gap="sm" maw={640}>
        <Text size="sm" className="dimmed">
          Sends about 20 calls to one endpoint, signed, unsigned, old, large and repeated, and looks at the
          answers. They have the header breakwater-test: conformance, and count nowhere. It takes a minute at
          most.
        </Text>
        <NativeSelect
          label="Endpoint"
          data={targets}
          value={target ?? ''}
          disabled={targets.length === 0}
          onChange={(event) => choose(event.currentTarget.value)}
        />
        <JsonInput
          label="Payload"
          description="A JSON object that the app accepts; empty is a small sample."
          autosize
          minRows={2}
          maxRows={12}
          value={text}
          onChange={setText}
          error={problem}
        />
        <Checkbox
          label="Keep the report"
          description="Otherwise the newest 20 of the app stay."
          checked={isKept}
          onChange={(event) => keep(event.currentTarget.checked)}
        />
        <Group>
          <Button
            type="submit"
            size="xs"
            leftSection={<ClipboardCheck size={14} aria-hidden />}
            loading={start.isPending || isRunning}
            disabled={target === undefined || problem !== null}
          >
            Check the endpoint
          </Button>
        </Group>
        {start.error ? <Failed error={start.error} /> : null}
      </Stack>
    </form>
  );
}
