import type { AlertRuleEditDto } from '@breakwater/client';
import { alertrulesEditsOptions } from '@breakwater/client/queries';
import { useQuery } from '@tanstack/react-query';
import { Answer } from '../../show/answer.js';
import { Time } from '../../show/clock.js';
import { Panel } from '../../show/panel.js';
import { More, Rows, type Column } from '../../show/rows.js';
import { editText } from './edit-text.js';

const COLUMNS: Column<AlertRuleEditDto>[] = [
  { id: 'at', title: 'When', cell: ({ at }) => <Time at={at} /> },
  { id: 'actor', title: 'Who', cell: ({ actor }) => <span className="breakable">{actor}</span> },
  { id: 'what', title: 'What', cell: (edit) => <span className="breakable">{editText(edit)}</span> },
];

/** Who changed the rule, and what. */
export function RuleHistory({ ruleId }: { ruleId: string }) {
  const edits = useQuery(alertrulesEditsOptions({ path: { id: ruleId } }));
  return (
    <Panel title="History">
      <Answer query={edits} what="changes" isEmpty={({ items }) => items.length === 0}>
        {({ items }) => (
          <>
            <Rows
              label="Changes of the rule, newest first"
              rows={items}
              columns={COLUMNS}
              idOf={({ at, action }) => `${at} ${action}`}
            />
            <More
              shown={items.length}
              what="changes, newest first, as long as the audit log is kept"
              hasMore={false}
              isLoading={false}
              onMore={() => undefined}
            />
          </>
        )}
      </Answer>
    </Panel>
  );
}
