import { sourcesListOptions } from '@breakwater/client/queries';
import type { SourceDto } from '@breakwater/client';
import { Button, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useScope } from '../../session/session.js';
import { useLinks } from '../../session/use-links.js';
import { Answer } from '../../show/answer.js';
import { AppChoice, useAppChoice } from '../../show/app-choice.js';
import { Time } from '../../show/clock.js';
import { Go } from '../../show/go.js';
import { Page } from '../../show/page.js';
import { Panel } from '../../show/panel.js';
import { Rows, type Column } from '../../show/rows.js';
import { StateBadge } from '../../show/state-badge.js';
import { NewSource } from './new-source.js';
import { stateOf, verificationOf } from './source-words.js';

/** The sources of an app: addresses where providers send their webhooks. */
export function Inbound() {
  const choice = useAppChoice();
  const { isPortal } = useScope();
  const [isAdding, setAdding] = useState(false);
  const { appId } = choice;
  return (
    <Page
      title="Inbound"
      about="A source is an address where a provider sends its webhooks. Each request is stored, verified, and forwarded to the targets."
      actions={
        isPortal || appId === null ? null : <Button onClick={() => setAdding(true)}>New source</Button>
      }
    >
      <Group>
        <AppChoice choice={choice} />
      </Group>
      {appId === null ? (
        <Answer query={choice.apps} what="apps" isEmpty={({ items }) => items.length === 0}>
          {() => null}
        </Answer>
      ) : (
        <Sources appId={appId} onAdd={isPortal ? undefined : () => setAdding(true)} />
      )}
      {isAdding && appId !== null ? <NewSource appId={appId} onClose={() => setAdding(false)} /> : null}
    </Page>
  );
}

function Sources({ appId, onAdd }: { appId: string; onAdd?: () => void }) {
  const links = useLinks();
  const sources = useQuery(sourcesListOptions({ path: { appId } }));
  const columns: Column<SourceDto>[] = [
    { id: 'name', title: 'Source', cell: ({ name }) => <Go to={links.source(appId, name)}>{name}</Go> },
    { id: 'state', title: 'State', cell: (source) => <StateBadge {...stateOf(source)} /> },
    { id: 'provider', title: 'Verified as', cell: verificationOf },
    { id: 'targets', title: 'Targets', isNumber: true, cell: ({ targets }) => targets.length },
    { id: 'createdAt', title: 'Created', cell: ({ createdAt }) => <Time at={createdAt} /> },
  ];
  return (
    <Panel title={`Sources of ${appId}`}>
      <Answer
        query={sources}
        what="sources"
        isEmpty={({ items }) => items.length === 0}
        empty={onAdd ? <Button onClick={onAdd}>Make the first source</Button> : null}
      >
        {({ items }) => (
          <Rows
            label={`Sources of ${appId}, by name`}
            rows={items}
            columns={columns}
            idOf={({ id }) => id}
            to={({ name }) => links.source(appId, name)}
          />
        )}
      </Answer>
    </Panel>
  );
}
