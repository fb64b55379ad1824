import { Text } from '@mantine/core';
import { alertsList } from '@breakwater/client/functions';
import type { AlertDto, AlertsListData } from '@breakwater/client';
import { useFilters } from '../../data/use-filters.js';
import { usePages } from '../../data/use-pages.js';
import { useLinks } from '../../session/use-links.js';
import { Answer } from '../../show/answer.js';
import { Time } from '../../show/clock.js';
import { FilterBar, type FilterField } from '../../show/filter-bar.js';
import { Go } from '../../show/go.js';
import { GoButton } from '../../show/go-button.js';
import { Page } from '../../show/page.js';
import { More, Rows, type Column } from '../../show/rows.js';
import { StateBadge } from '../../show/state-badge.js';
import { quantity, subjectText } from './alert-text.js';
import { stateOf, STATES } from './alert-state.js';

const NAMES = ['state', 'appId', 'ruleId'] as const;
const FIELDS: FilterField<(typeof NAMES)[number]>[] = [
  { name: 'state', label: 'State', options: STATES },
  { name: 'appId', label: 'App' },
  { name: 'ruleId', label: 'Rule id', isRare: true },
];

/** Cases of alert rules: open, acknowledged and resolved ones. */
export function Alerts() {
  const filters = useFilters(NAMES);
  const links = useLinks();
  const { values } = filters;
  const list = usePages<AlertDto>(
    ['alerts', values],
    async (cursor, signal) => {
      const query = { ...values, ...(cursor === undefined ? {} : { cursor }) } as AlertsListData['query'];
      return (await alertsList({ query, signal, throwOnError: true })).data;
    },
    ({ id }) => id,
    true,
  );
  const columns: Column<AlertDto>[] = [
    { id: 'state', title: 'State', cell: (alert) => <StateBadge {...stateOf(alert)} /> },
    {
      id: 'rule',
      title: 'Rule',
      cell: ({ id, ruleName }) => (
        <Go to={links.alert(id)} className="breakable">
          {ruleName}
        </Go>
      ),
    },
    {
      id: 'subject',
      title: 'About',
      cell: (alert) => <span className="breakable">{subjectText(alert)}</span>,
    },
    {
      id: 'value',
      title: 'Now',
      isNumber: true,
      cell: ({ type, lastValue }) => (lastValue === null ? '–' : quantity(type, lastValue)),
    },
    {
      id: 'worst',
      title: 'Worst',
      isNumber: true,
      cell: ({ type, worstValue }) => quantity(type, worstValue),
    },
    {
      id: 'threshold',
      title: 'Threshold',
      isNumber: true,
      cell: ({ type, threshold }) => quantity(type, threshold),
    },
    { id: 'fired', title: 'Fired', cell: ({ firedAt }) => <Time at={firedAt} /> },
    { id: 'resolved', title: 'Resolved', cell: ({ resolvedAt }) => <Time at={resolvedAt} /> },
  ];
  return (
    <Page
      title="Alerts"
      about="A case opens when its rule fires for an app, and resolves by itself when it no longer does."
      actions={<GoButton to={links.alertRules}>Alert rules</GoButton>}
    >
      <FilterBar filters={filters} fields={FIELDS} />
      <Answer
        query={list.query}
        what="alerts"
        isEmpty={(alerts) => alerts.length === 0}
        isFiltered={filters.isActive}
        onClearFilters={filters.clear}
        empty={
          <Text>
            No rule has fired. <Go to={links.alertRules}>See what the rules watch</Go>
          </Text>
        }
      >
        {(alerts) => (
          <>
            <Rows
              label="Alerts, newest first"
              rows={alerts}
              columns={columns}
              idOf={({ id }) => id}
              to={({ id }) => links.alert(id)}
            />
            <More
              shown={alerts.length}
              what="alerts, newest first"
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
