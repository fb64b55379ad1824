import { auditList } from '@breakwater/client';
import type { AuditEntryDto } from '@breakwater/client';
import { usePages } from '../../data/use-pages.js';
import { Answer } from '../../show/answer.js';
import { Time } from '../../show/clock.js';
import { Panel } from '../../show/panel.js';
import { More, Rows, type Column } from '../../show/rows.js';
import { StateBadge } from '../../show/state-badge.js';
import { editText } from './edit-text.js';

const COLUMNS: Column<AuditEntryDto>[] = [
  { id: 'at', title: 'When', cell: ({ at }) => <Time at={at} /> },
  { id: 'actor', title: 'Who', cell: ({ actor }) => <span className="breakable">{actor}</span> },
  { id: 'what', title: 'What', cell: (entry) => <span className="breakable">{editText(entry)}</span> },
  {
    id: 'outcome',
    title: 'Result',
    cell: ({ outcome }) => <StateBadge state={outcome} tone={outcome === 'done' ? 'ok' : 'danger'} />,
  },
];

/** Who changed the rule, and what. */
export function RuleHistory({ ruleId }: { ruleId: string }) {
  const list = usePages<AuditEntryDto>(
    ['rule-history', ruleId],
    async (cursor, signal) =>
      (
        await auditList({
          query: { target: ruleId, limit: 20, ...(cursor === undefined ? {} : { cursor }) },
          signal,
          throwOnError: true,
        })
      ).data,
    ({ id }) => id,
    true,
  );
  return (
    <Panel title="History">
      <Answer query={list.query} what="changes" isEmpty={(entries) => entries.length === 0}>
        {(entries) => (
          <>
            <Rows
              label="Changes of the rule, newest first"
              rows={entries}
              columns={COLUMNS}
              idOf={({ id }) => id}
            />
            <More
              shown={entries.length}
              what={`${entries.length === 1 ? 'change' : 'changes'}, newest first`}
              hasMore={list.hasMore}
              isLoading={list.isLoadingMore}
              onMore={list.loadMore}
            />
          </>
        )}
      </Answer>
    </Panel>
  );
}
