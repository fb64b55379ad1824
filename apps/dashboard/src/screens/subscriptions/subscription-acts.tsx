import {
  subscriptionsEnable,
  subscriptionsPause,
  subscriptionsRemove,
  subscriptionsResume,
  subscriptionsRotateSecret,
  subscriptiontestsPing,
  type PingReportDto,
  type SubscriptionViewDto,
} from '@breakwater/client/functions';
import { Button, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Failed } from '../../show/answer.js';
import { CodeView } from '../../show/code-view.js';
import { ConfirmAct } from '../../show/confirm.js';
import { Dialog } from '../../show/dialog.js';
import { formatDuration } from '../../show/format.js';
import { SecretOnce } from '../../show/secret-once.js';
import { StateBadge } from '../../show/state-badge.js';

export type SubscriptionActName = 'ping' | 'pause' | 'resume' | 'enable' | 'rotate' | 'remove';

interface Props {
  act: SubscriptionActName;
  subscription: SubscriptionViewDto;
  onClose: () => void;
}

/** Asks before a subscription is changed, and does it. */
export function SubscriptionAct({ act, subscription, onClose }: Props) {
  const queries = useQueryClient();
  const { appId, name } = subscription;
  const path = { appId, name };
  const shared = { isOpen: true, onClose };
  const done = (text: string) => (): string => {
    void queries.invalidateQueries();
    return text;
  };
  if (act === 'ping') return <Ping {...path} onClose={onClose} />;
  if (act === 'rotate') return <Rotate {...path} onClose={onClose} />;
  if (act === 'pause')
    return (
      <ConfirmAct
        {...shared}
        title={`Pause ${name}?`}
        effect="Its events wait and are kept. Nothing is sent until it is resumed."
        verb="Pause"
        asksReason="optional"
        run={(reason) =>
          subscriptionsPause({ path, body: reason === '' ? {} : { reason }, throwOnError: true })
        }
        done={done(`${name} is paused.`)}
      />
    );
  if (act === 'resume')
    return (
      <ConfirmAct
        {...shared}
        title={`Resume ${name}?`}
        effect="What waits is sent, at the pace the subscription allows."
        verb="Resume"
        run={() => subscriptionsResume({ path, throwOnError: true })}
        done={done(`${name} is resumed.`)}
      />
    );
  if (act === 'enable')
    return (
      <ConfirmAct
        {...shared}
        title={`Enable ${name}?`}
        effect={`It was disabled: ${subscription.disabledReason ?? 'no reason was given'}. Later events are sent again; those meanwhile can be replayed.`}
        verb="Enable"
        run={() => subscriptionsEnable({ path, throwOnError: true })}
        done={done(`${name} is enabled.`)}
      />
    );
  return (
    <ConfirmAct
      {...shared}
      title={`Delete ${name}?`}
      effect="Later events are not sent to it. Its deliveries stay in the history. This cannot be undone."
      verb="Delete"
      isDangerous
      typed={name}
      run={() => subscriptionsRemove({ path, throwOnError: true })}
      done={done(`${name} is deleted.`)}
    />
  );
}

interface Named {
  appId: string;
  name: string;
  onClose: () => void;
}

function Ping({ appId, name, onClose }: Named) {
  const ping = useMutation({
    mutationFn: async () => (await subscriptiontestsPing({ path: { appId, name }, throwOnError: true })).data,
  });
  return (
    <Dialog opened onClose={onClose} title={`Send a test to ${name}`} size="lg">
      <Stack>
        <Text size="sm">
          A signed test event is sent once, now. It is no delivery: nothing is counted, and no breaker
          changes.
        </Text>
        <Button onClick={() => ping.mutate()} loading={ping.isPending}>
          {ping.data ? 'Send again' : 'Send'}
        </Button>
        {ping.error ? <Failed error={ping.error} /> : null}
        {ping.data ? <PingReport report={ping.data} /> : null}
      </Stack>
    </Dialog>
  );
}

function PingReport({
  report: { outcome, httpStatus, durationMs, error, responseBody },
}: {
  report: PingReportDto;
}) {
  return (
    <Stack gap="xs" role="status">
      <Text size="sm" component="div">
        <StateBadge state={outcome} />{' '}
        {httpStatus === null ? (error ?? 'no answer') : `answered ${httpStatus}`} after{' '}
        {formatDuration(durationMs)}
      </Text>
      {responseBody ? <CodeView what="answer" text={responseBody} /> : null}
    </Stack>
  );
}

function Rotate({ appId, name, onClose }: Named) {
  const [secret, setSecret] = useState<string | null>(null);
  if (secret !== null)
    return <SecretOnce title={`Signing secret of ${name}`} secret={secret} onClose={onClose} />;
  return (
    <ConfirmAct
      isOpen
      onClose={onClose}
      title={`Make a new signing secret for ${name}?`}
      effect="Calls are signed with the new secret and the old one for 24 hours, so that the app can change over without losing any. The new secret is shown once."
      verb="Make a new secret"
      run={async () => {
        const { data } = await subscriptionsRotateSecret({
          path: { appId, name },
          body: {},
          throwOnError: true,
        });
        setSecret(data.signingSecret);
      }}
      done={() => `${name} has a new signing secret.`}
    />
  );
}
