import type { SubscriptionViewDto } from '@breakwater/client';
import { subscriptionsListOptions } from '@breakwater/client/queries';
import { Button, Menu } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { Ellipsis } from 'lucide-react';
import { useState } from 'react';
import { useScope } from '../../session/session.js';
import { useLinks } from '../../session/use-links.js';
import { Answer } from '../../show/answer.js';
import { Page } from '../../show/page.js';
import { Rows, type Column } from '../../show/rows.js';
import { StateBadge } from '../../show/state-badge.js';
import { SubscriptionAct, type SubscriptionActName } from './subscription-acts.js';
import { SubscriptionForm } from './subscription-form.js';

type Chosen = { act: SubscriptionActName | 'edit'; subscription: SubscriptionViewDto } | { act: 'create' };

/** Which events an app hears, and where. */
export function Subscriptions() {
  const { appId } = useParams({ strict: false }) as { appId: string };
  const scope = useScope();
  const links = useLinks();
  const [chosen, choose] = useState<Chosen | null>(null);
  const subscriptions = useQuery(subscriptionsListOptions({ path: { appId } }));
  const mayManage = scope.may('manageSubscriptions');
  const close = (): void => choose(null);
  const columns: Column<SubscriptionViewDto>[] = [
    { id: 'name', title: 'Subscription', cell: ({ name }) => <span className="breakable">{name}</span> },
    {
      id: 'events',
      title: 'Events',
      cell: ({ events }) => <span className="mono breakable">{events.join(', ')}</span>,
    },
    { id: 'url', title: 'URL', cell: ({ url }) => <span className="mono breakable">{url}</span> },
    { id: 'status', title: 'State', cell: ({ hold, status }) => <StateBadge state={hold ?? status} /> },
    {
      id: 'acts',
      title: '',
      cell: (subscription) => (
        <Acts subscription={subscription} onChoose={(act) => choose({ act, subscription })} />
      ),
    },
  ];
  return (
    <Page
      title="Subscriptions"
      about="A subscription sends the events it names to one URL of the app. A filter takes only some of them."
      above={
        scope.isPortal
          ? undefined
          : [
              { title: 'Apps', to: links.apps() },
              { title: appId, to: links.app(appId) },
            ]
      }
      actions={mayManage ? <Button onClick={() => choose({ act: 'create' })}>New subscription</Button> : null}
    >
      <Answer
        query={subscriptions}
        what="subscriptions"
        isEmpty={({ items }) => items.length === 0}
        empty={
          mayManage ? (
            <Button onClick={() => choose({ act: 'create' })}>Make the first subscription</Button>
          ) : null
        }
      >
        {({ items }) => (
          <Rows label="Subscriptions, by name" rows={items} columns={columns} idOf={({ id }) => id} />
        )}
      </Answer>
      {chosen === null ? null : chosen.act === 'create' ? (
        <SubscriptionForm appId={appId} subscription={null} onClose={close} />
      ) : chosen.act === 'edit' ? (
        <SubscriptionForm appId={appId} subscription={chosen.subscription} onClose={close} />
      ) : (
        <SubscriptionAct act={chosen.act} subscription={chosen.subscription} onClose={close} />
      )}
    </Page>
  );
}

interface ActsProps {
  subscription: SubscriptionViewDto;
  onChoose: (act: SubscriptionActName | 'edit') => void;
}

function Acts({ subscription: { name, pausedAt, managedBy, status }, onChoose }: ActsProps) {
  const { may } = useScope();
  const mayManage = may('manageSubscriptions');
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button size="compact-xs" variant="subtle" color="gray" aria-label={`Acts on ${name}`}>
          <Ellipsis size={16} aria-hidden />
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {may('test') ? <Menu.Item onClick={() => onChoose('ping')}>Send a test</Menu.Item> : null}
        {mayManage ? (
          <>
            <Menu.Item disabled={managedBy === 'manifest'} onClick={() => onChoose('edit')}>
              {managedBy === 'manifest' ? 'Change (in the manifest)' : 'Change'}
            </Menu.Item>
            <Menu.Item onClick={() => onChoose(pausedAt ? 'resume' : 'pause')}>
              {pausedAt ? 'Resume' : 'Pause'}
            </Menu.Item>
            {status === 'disabled' ? <Menu.Item onClick={() => onChoose('enable')}>Enable</Menu.Item> : null}
          </>
        ) : null}
        {may('rotateSecrets') ? (
          <Menu.Item onClick={() => onChoose('rotate')}>New signing secret</Menu.Item>
        ) : null}
        {mayManage && managedBy !== 'manifest' ? (
          <Menu.Item onClick={() => onChoose('remove')}>Delete</Menu.Item>
        ) : null}
      </Menu.Dropdown>
    </Menu>
  );
}
