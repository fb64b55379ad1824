import { Button, Group, Text } from '@mantine/core';
import { keysList, keysRevoke, type ApiKeyDto } from '@breakwater/client/functions';
import { useQueryClient } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { usePages } from '../../../data/use-pages.js';
import { useSession } from '../../../session/session.js';
import { useLinks } from '../../../session/use-links.js';
import { Answer } from '../../../show/answer.js';
import { Time, useNow } from '../../../show/clock.js';
import { ConfirmAct } from '../../../show/confirm.js';
import { Go } from '../../../show/go.js';
import { More, Rows, type Column } from '../../../show/rows.js';
import { StateBadge } from '../../../show/state-badge.js';
import { CreateKey } from './create-key.js';
import { keyState } from './key-state.js';

const LIMIT = 50;
const MINUTE_MS = 60_000;

/** API keys: of one app, or all. Their secrets are not stored; a key is shown when it is made. */
export function ApiKeys({ appId }: { appId?: string }) {
  const links = useLinks();
  const queries = useQueryClient();
  const session = useSession();
  const now = useNow(MINUTE_MS);
  const isAdmin = session.data?.scopes.includes('admin') ?? false;
  const [isCreating, create] = useState(false);
  const [revoked, revoke] = useState<ApiKeyDto | null>(null);
  const pages = usePages<ApiKeyDto>(
    ['api-keys', appId],
    async (cursor, signal) => {
      const query = { appId, cursor, limit: LIMIT };
      const { data } = await keysList({ query, signal, throwOnError: true });
      return data;
    },
    idOf,
    true,
  );
  const renew = () => queries.invalidateQueries({ queryKey: ['moving', 'api-keys'] });
  const columns: Column<ApiKeyDto>[] = [
    { id: 'name', title: 'Name', cell: ({ name }) => <span className="breakable">{name}</span> },
    { id: 'prefix', title: 'Begins with', cell: ({ prefix }) => <span className="mono">{prefix}</span> },
    { id: 'state', title: 'State', cell: (key) => <StateBadge state={keyState(key, now)} /> },
    { id: 'scopes', title: 'Scopes', cell: ({ scopes }) => scopes.join(', ') },
    ...(appId === undefined ? [appColumn(links)] : []),
    { id: 'used', title: 'Last used', cell: ({ lastUsedAt }) => <Time at={lastUsedAt} /> },
    { id: 'expires', title: 'Expires', cell: ({ expiresAt }) => <Time at={expiresAt} /> },
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
      cell: (key) =>
        isAdmin && keyState(key, now) === 'active' ? (
          <Button
            size="compact-xs"
            variant="default"
            aria-label={`Revoke ${key.name} ${key.prefix}`}
            onClick={() => revoke(key)}
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
            Create a key
          </Button>
        </Group>
      ) : null}
      <Answer
        query={pages.query}
        what="API keys"
        isEmpty={(rows) => rows.length === 0}
        empty={<Text size="sm">With a key a program or a person may call the API.</Text>}
      >
        {(rows) => (
          <>
            <Rows label="API keys, newest first" rows={rows} columns={columns} idOf={idOf} />
            <More
              shown={rows.length}
              what="keys, newest first"
              hasMore={pages.hasMore}
              isLoading={pages.isLoadingMore}
              onMore={pages.loadMore}
            />
          </>
        )}
      </Answer>
      {isCreating ? (
        <CreateKey appId={appId} onClose={() => create(false)} onCreated={() => void renew()} />
      ) : null}
      <ConfirmAct
        isOpen={revoked !== null}
        onClose={() => revoke(null)}
        title={`Revoke the key ${revoked?.name} (${revoked?.prefix}…)?`}
        effect="Requests with it are refused within 5 s, and sessions that were begun with it end. This cannot be undone: make a new key instead."
        verb="Revoke"
        isDangerous
        run={async () => {
          await keysRevoke({ path: { id: revoked!.id }, throwOnError: true });
          await renew();
          return revoked!.name;
        }}
        done={(name) => `The key ${name} is revoked.`}
      />
    </>
  );
}

function idOf({ id }: ApiKeyDto): string {
  return id;
}

function appColumn(links: ReturnType<typeof useLinks>): Column<ApiKeyDto> {
  return {
    id: 'app',
    title: 'App',
    cell: ({ appId }) => (appId === null ? 'all' : <Go to={links.app(appId)}>{appId}</Go>),
  };
}
