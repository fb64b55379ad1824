import { Text } from '@mantine/core';
import { alertrulesList } from '@breakwater/client/functions';
import type { AlertRuleDto } from '@breakwater/client';
import { Plus } from 'lucide-react';
import { usePages } from '../../data/use-pages.js';
import { useIsAdmin } from '../../session/use-is-admin.js';
import { useLinks } from '../../session/use-links.js';
import { Answer } from '../../show/answer.js';
import { Time } from '../../show/clock.js';
import { Go } from '../../show/go.js';
import { GoButton } from '../../show/go-button.js';
import { Page } from '../../show/page.js';
import { More, Rows, type Column } from '../../show/rows.js';
import { conditionText } from '../alerts/alert-text.js';
import { draftOf } from './rule-draft.js';
import { RuleState } from './rule-state.js';

/** What is watched, and whom it tells. */
export function AlertRules() {
  const links = useLinks();
  const isAdmin = useIsAdmin();
  const list = usePages<AlertRuleDto>(
    ['alert-rules'],
    async (cursor, signal) =>
      (
        await alertrulesList({
          query: { limit: 100, ...(cursor === undefined ? {} : { cursor }) },
          signal,
          throwOnError: true,
        })
      ).data,
    ({ id }) => id,
    true,
  );
  const columns: Column<AlertRuleDto>[] = [
    {
      id: 'name',
      title: 'Rule',
      cell: ({ id, name }) => (
        <Go to={links.alertRule(id)} className="breakable">
          {name}
        </Go>
      ),
    },
    { id: 'state', title: 'State', cell: (rule) => <RuleState rule={rule} /> },
    {
      id: 'condition',
      title: 'Condition',
      cell: (rule) => <span className="breakable">{conditionText(draftOf(rule))}</span>,
    },
    { id: 'updated', title: 'Changed', cell: ({ updatedAt }) => <Time at={updatedAt} /> },
  ];
  return (
    <Page
      title="Alert rules"
      about="A rule compares a value of each app with a threshold every few minutes, and opens an alert when it fires."
      above={[{ title: 'Alerts', to: links.alerts() }]}
      actions={
        isAdmin ? (
          <GoButton to={`${links.alertRules}/new`} icon={<Plus size={14} aria-hidden />}>
            New rule
          </GoButton>
        ) : null
      }
    >
      <Answer
        query={list.query}
        what="alert rules"
        isEmpty={(rules) => rules.length === 0}
        empty={<Text>Make one to be told when something is wrong.</Text>}
      >
        {(rules) => (
          <>
            <Rows
              label="Alert rules, by id"
              rows={rules}
              columns={columns}
              idOf={({ id }) => id}
              to={({ id }) => links.alertRule(id)}
            />
            <More
              shown={rules.length}
              what="rules, by id"
              hasMore={list.hasMore}
              isLoading={list.isLoadingMore}
              onMore={list.loadMore}
            />
          </>
        )}
      </Answer>
    </Page>
  );
}
