import { sourcesGetOptions } from '@breakwater/client/queries';
import type { SourceDto } from '@breakwater/client';
import { Button, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useScope } from '../../session/session.js';
import { useLinks } from '../../session/use-links.js';
import { Answer } from '../../show/answer.js';
import { Time } from '../../show/clock.js';
import { CodeView, Copied } from '../../show/code-view.js';
import { Page } from '../../show/page.js';
import { Panel } from '../../show/panel.js';
import { Rows } from '../../show/rows.js';
import { StateBadge } from '../../show/state-badge.js';
import { Captures } from './captures.js';
import { SourceAct, type SourceActName } from './source-acts.js';
import { sampleCurl, stateOf, verificationOf } from './source-words.js';

/** One source: its address, what came in, and where it is forwarded. */
export function SourceScreen() {
  const { appId, source: name } = useParams({ strict: false }) as { appId: string; source: string };
  const links = useLinks();
  const { isPortal } = useScope();
  const [act, setAct] = useState<SourceActName | null>(null);
  const source = useQuery(sourcesGetOptions({ path: { appId, source: name } }));
  return (
    <Page
      title={name}
      above={[{ title: 'Inbound', to: links.inbound({ app: appId }) }]}
      mark={source.data ? <StateBadge {...stateOf(source.data)} /> : null}
      actions={
        source.data && !isPortal ? (
          <>
            <Button
              variant="default"
              size="xs"
              onClick={() => setAct(source.data.pausedAt ? 'resume' : 'pause')}
            >
              {source.data.pausedAt ? 'Resume' : 'Pause'}
            </Button>
            <Button variant="default" size="xs" onClick={() => setAct('rotate')}>
              New address
            </Button>
            <Button variant="default" size="xs" color="danger" onClick={() => setAct('remove')}>
              Delete
            </Button>
          </>
        ) : null
      }
    >
      <Answer query={source} what="source">
        {(found) => (
          <Stack>
            <Address source={found} />
            <Captures appId={appId} source={found} />
            <Targets source={found} />
            {act ? <SourceAct act={act} source={found} onClose={() => setAct(null)} /> : null}
          </Stack>
        )}
      </Answer>
    </Page>
  );
}

function Address({ source }: { source: SourceDto }) {
  const { url, setup, previousUrls, eventType, secrets } = source;
  return (
    <Panel title="Address">
      <Stack gap="sm">
        {url ? (
          <>
            <Group gap={4}>
              <span className="mono breakable">{url}</span>
              <Copied text={url} what="address" />
            </Group>
            <CodeView
              what="a command that sends a request"
              text={sampleCurl(url)}
              note="Try it: an unsigned request"
            />
          </>
        ) : (
          <Text size="sm">The address cannot be shown: its key cannot be decrypted. Make a new one.</Text>
        )}
        {previousUrls.map((previous) => (
          <Text key={previous.expiresAt} size="sm" className="dimmed">
            An older address is valid until <Time at={previous.expiresAt} isExact />.
          </Text>
        ))}
        <Text size="sm">
          {`Verified as ${verificationOf(source)}, with ${secrets.length === 1 ? 'one secret' : `${secrets.length} secrets`}. Each request becomes an event of type `}
          <span className="mono breakable">{eventType}</span>.
        </Text>
        {setup ? (
          <Text size="sm" className="dimmed">
            {`${setup.title}: ${setup.where} ${setup.paste}`}
          </Text>
        ) : null}
      </Stack>
    </Panel>
  );
}

function Targets({ source: { targets } }: { source: SourceDto }) {
  return (
    <Panel title="Targets">
      {targets.length === 0 ? (
        <Text size="sm">No target: requests are stored, and forwarded to nobody.</Text>
      ) : (
        <Rows
          label="Targets, by name"
          rows={targets}
          idOf={({ id }) => id}
          columns={[
            { id: 'name', title: 'Target', cell: ({ name }) => name },
            { id: 'url', title: 'URL', cell: ({ url }) => <span className="mono breakable">{url}</span> },
            {
              id: 'status',
              title: 'State',
              cell: ({ status, hold }) => <StateBadge state={hold ?? status} />,
            },
          ]}
        />
      )}
    </Panel>
  );
}
