import {
  appsRollback,
  appsVersion,
  appsVersions,
  type ManifestVersionDto,
} from '@breakwater/client/functions';
import { Button, Group } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { usePages } from '../../data/use-pages.js';
import { Answer } from '../../show/answer.js';
import { Time } from '../../show/clock.js';
import { ConfirmAct } from '../../show/confirm.js';
import { Panel } from '../../show/panel.js';
import { More, Rows } from '../../show/rows.js';

interface Props {
  appId: string;
  active: number;
  mayChange: boolean;
  /** Puts a version into the editor. */
  onOpen: (document: unknown) => void;
}

const idOf = ({ version }: ManifestVersionDto): string => String(version);

/** All versions, newest first; any can be looked at, and be in force again. */
export function Versions({ appId, active, mayChange, onOpen }: Props) {
  const queries = useQueryClient();
  const [chosen, choose] = useState<ManifestVersionDto | null>(null);
  const pages = usePages(
    ['manifest-versions', appId, active],
    async (cursor, signal) =>
      (await appsVersions({ path: { appId }, query: { cursor, limit: 20 }, signal, throwOnError: true }))
        .data,
    idOf,
  );
  async function open({ version }: ManifestVersionDto): Promise<void> {
    const { data } = await appsVersion({ path: { appId, version }, throwOnError: true });
    onOpen(data.document);
  }
  return (
    <Panel title="Versions">
      <Answer query={pages.query} what="versions" isEmpty={(rows) => rows.length === 0}>
        {(rows) => (
          <>
            <Rows
              label="Versions of the manifest, newest first"
              rows={rows}
              idOf={idOf}
              columns={[
                {
                  id: 'version',
                  title: 'Version',
                  cell: ({ version }) => (version === active ? `${version} (in force)` : version),
                },
                { id: 'createdAt', title: 'Registered', cell: ({ createdAt }) => <Time at={createdAt} /> },
                {
                  id: 'createdBy',
                  title: 'By',
                  cell: ({ createdBy }) => <span className="breakable">{createdBy}</span>,
                },
                {
                  id: 'acts',
                  title: '',
                  cell: (row) => (
                    <Group gap={4} justify="flex-end" wrap="nowrap">
                      <Button
                        size="compact-xs"
                        variant="subtle"
                        aria-label={`Open version ${row.version} in the editor`}
                        onClick={() => void open(row)}
                      >
                        Open
                      </Button>
                      {mayChange && row.version !== active ? (
                        <Button
                          size="compact-xs"
                          variant="subtle"
                          aria-label={`Roll back to version ${row.version}`}
                          onClick={() => choose(row)}
                        >
                          Roll back
                        </Button>
                      ) : null}
                    </Group>
                  ),
                },
              ]}
            />
            <More
              shown={rows.length}
              what="versions, newest first"
              hasMore={pages.hasMore}
              isLoading={pages.isLoadingMore}
              onMore={pages.loadMore}
            />
          </>
        )}
      </Answer>
      {chosen ? (
        <ConfirmAct
          isOpen
          onClose={() => choose(null)}
          title={`Roll ${appId} back to version ${chosen.version}?`}
          effect={`Version ${chosen.version} is registered again as version ${active + 1}, with the values of its headers. Version ${active} stays in the list, so this can be undone in the same way.`}
          verb="Roll back"
          run={async () =>
            (await appsRollback({ path: { appId, version: chosen.version }, throwOnError: true })).data
          }
          done={({ version }) => {
            void queries.invalidateQueries();
            return `Version ${version} is in force: a copy of version ${chosen.version}.`;
          }}
        />
      ) : null}
    </Panel>
  );
}
