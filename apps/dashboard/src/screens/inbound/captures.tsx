import { sourcecapturesList, type CaptureDto, type SourceDto } from '@breakwater/client/functions';
import { Anchor, Text } from '@mantine/core';
import { useState } from 'react';
import { periodOf } from '../../data/period.js';
import { useFilters } from '../../data/use-filters.js';
import { usePages } from '../../data/use-pages.js';
import { Answer } from '../../show/answer.js';
import { Time } from '../../show/clock.js';
import { FilterBar } from '../../show/filter-bar.js';
import { formatBytes } from '../../show/format.js';
import { Panel } from '../../show/panel.js';
import { More, NewRows, Rows, type Column } from '../../show/rows.js';
import { StateBadge, type Tone } from '../../show/state-badge.js';
import { CapturePanel } from './capture-panel.js';

const TONES: Record<string, Tone> = {
  accepted: 'ok',
  duplicate: 'neutral',
  rejected: 'danger',
  handshake: 'info',
};
const idOf = ({ id }: CaptureDto): string => id;

/** What came in, newest first; each as it came over the wire. */
export function Captures({ appId, source }: { appId: string; source: SourceDto }) {
  const filters = useFilters(['result', 'range', 'from', 'to']);
  const [openId, setOpenId] = useState<string | null>(null);
  const { result } = filters.values;
  const pages = usePages(
    ['captures', appId, source.name, filters.values],
    async (cursor, signal) => {
      const query = {
        result: result as CaptureDto['result'] as never,
        ...periodOf(filters.values, new Date()),
        cursor,
        limit: 25,
      };
      const path = { appId, source: source.name };
      return (await sourcecapturesList({ path, query, signal, throwOnError: true })).data;
    },
    idOf,
  );
  const columns: Column<CaptureDto>[] = [
    {
      id: 'receivedAt',
      title: 'Received',
      cell: ({ id, receivedAt }) => (
        <Anchor component="button" type="button" inherit onClick={() => setOpenId(id)}>
          <Time at={receivedAt} />
        </Anchor>
      ),
    },
    {
      id: 'request',
      title: 'Request',
      cell: ({ method, path }) => <span className="mono breakable">{`${method} ${path}`}</span>,
    },
    {
      id: 'result',
      title: 'Result',
      cell: (row) => <StateBadge state={row.result} tone={TONES[row.result]} />,
    },
    { id: 'detail', title: 'Why', cell: ({ detail }) => <span className="breakable">{detail ?? '–'}</span> },
    { id: 'bodyBytes', title: 'Body', isNumber: true, cell: ({ bodyBytes }) => formatBytes(bodyBytes) },
  ];
  return (
    <Panel title="Captured requests">
      <FilterBar
        filters={filters}
        hasPeriod
        fields={[
          {
            name: 'result',
            label: 'Result',
            options: Object.keys(TONES).map((value) => ({ value, label: value })),
          },
        ]}
      />
      <NewRows count={pages.news} onShow={pages.showNews} />
      <Answer
        query={pages.query}
        what="requests"
        isEmpty={(rows) => rows.length === 0}
        isFiltered={filters.isActive}
        onClearFilters={filters.clear}
        empty={
          <Text role="status">
            Waiting for the first request: send one with the command above. It appears here within a few
            seconds.
          </Text>
        }
      >
        {(rows) => (
          <>
            <Rows label="Captured requests, newest first" rows={rows} columns={columns} idOf={idOf} />
            <More
              shown={rows.length}
              what="requests, newest first"
              hasMore={pages.hasMore}
              isLoading={pages.isLoadingMore}
              onMore={pages.loadMore}
            />
          </>
        )}
      </Answer>
      {openId === null ? null : (
        <CapturePanel appId={appId} source={source.name} id={openId} onClose={() => setOpenId(null)} />
      )}
    </Panel>
  );
}
