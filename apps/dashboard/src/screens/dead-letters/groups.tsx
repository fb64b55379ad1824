import { Text } from '@mantine/core';
import {
  deadlettersGroups,
  type DeadLetterGroupDto,
  type DeadlettersGroupsData,
} from '@breakwater/client/functions';
import { usePages } from '../../data/use-pages.js';
import { useScope } from '../../session/session.js';
import { useLinks } from '../../session/use-links.js';
import { Answer } from '../../show/answer.js';
import { Time } from '../../show/clock.js';
import { endpointOf, errorClassOf } from '../../show/delivery-words.js';
import { formatCount } from '../../show/format.js';
import { Go } from '../../show/go.js';
import { Panel } from '../../show/panel.js';
import { More, Rows, type Column } from '../../show/rows.js';
import { deadLettersQuery, type DeadLetterFilters } from './filters.js';

const SHOWN = 10;
const idOf = ({ endpointId, errorClass }: DeadLetterGroupDto): string => `${endpointId} ${errorClass}`;

/** What fails together: by endpoint and error class, the largest group first. Each leads to its list. */
export function Groups({ filters }: { filters: DeadLetterFilters }) {
  const { appId, isPortal } = useScope();
  const links = useLinks();
  const query = { ...deadLettersQuery(filters, appId), limit: SHOWN } as NonNullable<
    DeadlettersGroupsData['query']
  >;
  const pages = usePages(
    ['dead letter groups', appId, filters],
    async (cursor, signal) => {
      const { data } = await deadlettersGroups({ query: { ...query, cursor }, signal, throwOnError: true });
      return data;
    },
    idOf,
    true,
  );
  const listOf = ({ appId: app, capability, errorClass }: DeadLetterGroupDto): string =>
    links.deadLetters({
      ...(isPortal ? {} : { appId: app }),
      capability,
      ...(errorClass === null ? {} : { errorClass }),
    });
  const columns: Column<DeadLetterGroupDto>[] = [
    {
      id: 'count',
      title: 'Dead letters',
      isNumber: true,
      cell: (group) => (
        <Go to={listOf(group)} fw={600}>
          {formatCount(group.count)}
        </Go>
      ),
    },
    ...(isPortal
      ? []
      : [
          {
            id: 'app',
            title: 'App',
            cell: (group: DeadLetterGroupDto) => <span className="breakable">{group.appId}</span>,
          },
        ]),
    {
      id: 'capability',
      title: 'Capability or subscription',
      cell: ({ capability }) => <span className="breakable">{endpointOf(capability)}</span>,
    },
    { id: 'errorClass', title: 'Error class', cell: ({ errorClass }) => errorClassOf(errorClass) },
    { id: 'first', title: 'First', cell: ({ firstFailedAt }) => <Time at={firstFailedAt} /> },
    { id: 'last', title: 'Last', cell: ({ lastFailedAt }) => <Time at={lastFailedAt} /> },
  ];
  return (
    <Panel title="What fails together">
      <Answer
        query={pages.query}
        what="groups"
        isEmpty={(rows) => rows.length === 0}
        empty={<Text>Nothing waits for a person.</Text>}
        height={120}
      >
        {(rows) => (
          <>
            <Rows
              label="Groups, the largest first"
              rows={rows}
              columns={columns}
              idOf={idOf}
              to={listOf}
              isAside
            />
            <More
              shown={rows.length}
              what={rows.length === 1 ? 'group' : 'groups, the largest first'}
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
