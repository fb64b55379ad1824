import { Button, Group, Text } from '@mantine/core';
import { portallinksList, portallinksRevoke, type PortalLinkDto } from '@breakwater/client/functions';
import { useQueryClient } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { usePages } from '../../../data/use-pages.js';
import { useSession } from '../../../session/session.js';
import { Answer } from '../../../show/answer.js';
import { Time } from '../../../show/clock.js';
import { ConfirmAct } from '../../../show/confirm.js';
import { More, Rows, type Column } from '../../../show/rows.js';
import { StateBadge } from '../../../show/state-badge.js';
import { capabilityTitle } from './capabilities.js';
import { CreatePortalLink } from './create-portal-link.js';

const LIMIT = 25;

/** Links by which the owner of an app sees it, without a key. */
export function PortalLinks({ appId }: { appId: string }) {
  const queries = useQueryClient();
  const session = useSession();
  const isAdmin = session.data?.scopes.includes('admin') ?? false;
  const [isCreating, create] = useState(false);
  const [revoked, revoke] = useState<PortalLinkDto | null>(null);
  const pages = usePages<PortalLinkDto>(
    ['portal-links', appId],
    async (cursor, signal) => {
      const query = { cursor, limit: LIMIT };
      const { data } = await portallinksList({ path: { appId }, query, signal, throwOnError: true });
      return data;
    },
    idOf,
    true,
  );
  const renew = () => queries.invalidateQueries({ queryKey: ['moving', 'portal-links'] });
  const columns: Column<PortalLinkDto>[] = [
    { id: 'note', title: 'For', cell: ({ note }) => <span className="breakable">{note ?? '–'}</span> },
    { id: 'state', title: 'State', cell: ({ state }) => <StateBadge state={state} /> },
    {
      id: 'may',
      title: 'May',
      cell: ({ capabilities }) => capabilities.map(capabilityTitle).join(', '),
    },
    { id: 'expires', title: 'Expires', cell: ({ expiresAt }) => <Time at={expiresAt} /> },
    { id: 'used', title: 'Last used', cell: ({ lastUsedAt }) => <Time at={lastUsedAt} /> },
    {
      id: 'created',
      title: 'Created',
      cell: ({ createdAt, createdBy }) => (
        <div>
          <Time at={createdAt} />
          <Text size="xs" className="dimmed below">{`by ${createdBy}`}</Text>
        </div>
      ),
    },
    {
      id: 'revoke',
      title: 'Revoke',
      cell: (link) =>
        isAdmin && link.state === 'active' ? (
          <Button
            size="compact-xs"
            variant="default"
            aria-label={`Revoke the link for ${link.note ?? link.id}`}
            onClick={() => revoke(link)}
          >
            Revoke
          </Button>
        ) : (
          '–'
        ),
    },
  ];
  return (
    <>
      {isAdmin ? (
        <Group mb="sm">
          <Button size="xs" leftSection={<Plus size={14} aria-hidden />} onClick={() => create(true)}>
            Create a portal link
          </Button>
        </Group>
      ) : null}
      <Answer
        query={pages.query}
        what="portal links"
        isEmpty={(rows) => rows.length === 0}
        empty={<Text size="sm">With a link the owner sees this app, and nothing else, without a key.</Text>}
      >
        {(rows) => (
          <>
            <Rows label="Portal links, newest first" rows={rows} columns={columns} idOf={idOf} />
            <More
              shown={rows.length}
              what="links, newest first"
              hasMore={pages.hasMore}
              isLoading={pages.isLoadingMore}
              onMore={pages.loadMore}
            />
          </>
        )}
      </Answer>
      {isCreating ? (
        <CreatePortalLink appId={appId} onClose={() => create(false)} onCreated={() => void renew()} />
      ) : null}
      <ConfirmAct
        isOpen={revoked !== null}
        onClose={() => revoke(null)}
        title={`Revoke the portal link for ${revoked?.note ?? revoked?.id}?`}
        effect={`Whoever has it sees nothing of ${appId} any more, within 5 s. This cannot be undone: make a new link instead.`}
        verb="Revoke"
        isDangerous
        run={async () => {
          await portallinksRevoke({ path: { appId, id: revoked!.id }, throwOnError: true });
          await renew();
        }}
        done={() => 'The portal link is revoked.'}
      />
    </>
  );
}

function idOf({ id }: PortalLinkDto): string {
  return id;
}
