import { Text } from '@mantine/core';
import { auditList, type AuditEntryDto } from '@breakwater/client/functions';
import { useMemo } from 'react';
import { periodOf } from '../../data/period.js';
import { useFilters } from '../../data/use-filters.js';
import { usePages } from '../../data/use-pages.js';
import { useLinks } from '../../session/use-links.js';
import { Answer } from '../../show/answer.js';
import { Time } from '../../show/clock.js';
import { FilterBar, type FilterField } from '../../show/filter-bar.js';
import { Go } from '../../show/go.js';
import { Panel } from '../../show/panel.js';
import { More, NewRows, Rows, type Column } from '../../show/rows.js';
import { StateBadge } from '../../show/state-badge.js';

const NAMES = ['actor', 'action', 'appId', 'target', 'outcome', 'range', 'from', 'to'] as const;
type Name = (typeof NAMES)[number];
const OUTCOMES = ['started', 'done', 'refused', 'failed'] as const;
const LIMIT = 50;

const FIELDS: readonly FilterField<Name>[] = [
  { name: 'actor', label: 'Who', placeholder: 'Name of the key' },
  { name: 'action', label: 'Action', placeholder: 'circuit_breaker.reset' },
  { name: 'appId', label: 'App' },
  { name: 'outcome', label: 'Outcome', options: OUTCOMES.map((one) => ({ value: one, label: one })) },
  { name: 'target', label: 'Target', isRare: true },
];

/** Who did what to what. */
export function AuditLog() {
  const links = useLinks();
  const filters = useFilters<Name>(NAMES);
  const { actor, action, appId, target, outcome, range, from, to } = filters.values;
  const pages = usePages<AuditEntryDto>(
    ['audit-log', actor, action, appId, target, outcome, range, from, to],
    async (cursor, signal) => {
      const period = periodOf(
        { ...(range ? { range } : {}), ...(from ? { from } : {}), ...(to ? { to } : {}) },
        new Date(),
      );
      const query = {
        actor,
        action,
        appId,
        target,
        outcome: OUTCOMES.find((one) => one === outcome),
        ...period,
        cursor,
        limit: LIMIT,
      };
      const { data } = await auditList({ query, signal, throwOnError: true });
      return data;
    },
    idOf,
  );
  const columns = useMemo<Column<AuditEntryDto>[]>(
    () => [
      { id: 'at', title: 'When', cell: ({ at }) => <Time at={at} /> },
      { id: 'actor', title: 'Who', cell: (entry) => <span className="breakable">{entry.actor}</span> },
      {
        id: 'action',
        title: 'Action',
        cell: (entry) => <span className="mono">{entry.action}</span>,
      },
      { id: 'target', title: 'Target', cell: (entry) => <span className="breakable">{entry.target}</span> },
      {
        id: 'app',
        title: 'App',
        cell: (entry) => (entry.appId === null ? '–' : <Go to={links.app(entry.appId)}>{entry.appId}</Go>),
      },
      { id: 'outcome', title: 'Outcome', cell: (entry) => <Outcome entry={entry} /> },
      { id: 'detail', title: 'Detail', cell: ({ detail }) => <Detail detail={detail} /> },
    ],
    [links],
  );
  return (
    <Panel title="Audit log, newest first">
      <FilterBar filters={filters} fields={FIELDS} hasPeriod />
      <div style={{ height: 12 }} />
      <Answer
        query={pages.query}
        what="lines"
        isEmpty={(rows) => rows.length === 0}
        isFiltered={filters.isActive}
        onClearFilters={filters.clear}
        empty={
          <Text size="sm">Each act of a person or a program that changes something is a line here.</Text>
        }
        height={320}
      >
        {(rows) => (
          <>
            <NewRows count={pages.news} onShow={pages.showNews} />
            <Rows label="Audit log, newest first" rows={rows} columns={columns} idOf={idOf} />
            <More
              shown={rows.length}
              what="lines, newest first"
              hasMore={pages.hasMore}
              isLoading={pages.isLoadingMore}
              onMore={pages.loadMore}
            />
          </>
        )}
      </Answer>
    </Panel>
  );
}

function idOf({ id }: AuditEntryDto): string {
  return id;
}

function Outcome({ entry: { outcome, status } }: { entry: AuditEntryDto }) {
  const tone = outcome === 'done' ? 'ok' : outcome === 'failed' ? 'danger' : 'warning';
  return <StateBadge state={outcome} tone={tone} word={status === null ? outcome : `${outcome} ${status}`} />;
}

function Detail({ detail }: { detail: AuditEntryDto['detail'] }) {
  if (detail === null || Object.keys(detail).length === 0) return '–';
  return (
    <Text size="xs" className="mono breakable" lineClamp={3} title={JSON.stringify(detail)}>
      {JSON.stringify(detail)}
    </Text>
  );
}
