import { Button, Group, Paper, Text } from '@mantine/core';
import { Eraser, Pause, Play } from 'lucide-react';
import { useCallback, useMemo, useRef, useState } from 'react';
import { useFilters } from '../../data/use-filters.js';
import { useScope } from '../../session/session.js';
import { Message } from '../../show/answer.js';
import { FilterBar, type FilterField } from '../../show/filter-bar.js';
import { plural } from '../../show/format.js';
import { Page } from '../../show/page.js';
import { More, NewRows } from '../../show/rows.js';
import { StateBadge } from '../../show/state-badge.js';
import { BUFFER, matches, pillOf, type FeedRow } from './feed-stream.js';
import { FeedTable } from './feed-table.js';
import { useFeed } from './use-feed.js';

const STATUSES = [
  { value: 'received', label: 'Received' },
  { value: 'forwarded', label: 'Forwarded' },
  { value: 'retrying', label: 'Retrying' },
  { value: 'dlq', label: 'Dead letter' },
  { value: 'failed', label: 'Failed' },
  { value: 'retrying,dlq,failed', label: 'All that failed' },
];
const STATUS: FilterField<'status'> = { name: 'status', label: 'Status', options: STATUSES };
const APP: FilterField<'appId'> = { name: 'appId', label: 'App' };
const TEXT: FilterField<'text'> = { name: 'text', label: 'Type, URL, error or id contains' };
/** So many rows are drawn at first: more would make each second slow. */
const DRAWN = 200;

/** What happens, at the moment it happens. */
export function LiveFeed() {
  const { appId } = useScope();
  const filters = useFilters(['status', 'appId', 'text']);
  const [isHeld, hold] = useState(false);
  const [isScrolled, setScrolled] = useState(false);
  const [drawn, setDrawn] = useState(DRAWN);
  const box = useRef<HTMLDivElement>(null);
  const isPaused = isHeld || isScrolled;
  const isWanted = useCallback((row: FeedRow) => matches(filters.values, row), [filters.values]);
  const { stream, connection, goOn, clear } = useFeed(isPaused, isWanted);
  const rows = useMemo(() => stream.rows.filter(isWanted), [stream.rows, isWanted]);
  const pill = pillOf(connection, isPaused);

  function resume(): void {
    box.current?.scrollTo({ top: 0 });
    hold(false);
    setScrolled(false);
    setDrawn(DRAWN);
    goOn();
  }
  function onScroll(): void {
    const isAway = (box.current?.scrollTop ?? 0) > 8;
    if (isScrolled && !isAway && !isHeld) goOn();
    setScrolled(isAway);
  }

  return (
    <Page
      title="Live feed"
      about="What happens, at the moment it happens. Scroll down to pause."
      mark={
        <span role="status">
          <StateBadge {...pill} />
        </span>
      }
      actions={
        <>
          <Button
            variant="default"
            size="xs"
            leftSection={isPaused ? <Play size={14} aria-hidden /> : <Pause size={14} aria-hidden />}
            onClick={() => (isPaused ? resume() : hold(true))}
          >
            {isPaused ? 'Resume' : 'Pause'}
          </Button>
          <Button
            variant="default"
            size="xs"
            leftSection={<Eraser size={14} aria-hidden />}
            onClick={clear}
            disabled={stream.rows.length === 0}
          >
            Empty the list
          </Button>
        </>
      }
    >
      <FilterBar filters={filters} fields={appId === null ? [STATUS, APP, TEXT] : [STATUS, TEXT]} />
      <Paper withBorder p="xs">
        <Group justify="space-between" mb="xs" mih={24}>
          <Text size="sm" className="dimmed">
            {connection.state === 'reconnecting'
              ? `The connection is lost (${connection.reason}). It goes on after the last row when it is back.`
              : `${plural(rows.length, 'row')}, newest first. The last ${BUFFER.toLocaleString('en-US')} are kept.`}
          </Text>
          {stream.oneOf > 1 ? (
            <Text size="sm" fw={600} data-sampled>
              {`Sampled 1 of ${stream.oneOf}`}
            </Text>
          ) : null}
        </Group>
        {isPaused ? <NewRows count={stream.waiting.length} onShow={resume} /> : null}
        {connection.state === 'refused' ? (
          <Message icon={null} title="The feed is not shown">
            <Text>{connection.reason}</Text>
          </Message>
        ) : rows.length === 0 ? (
          <Nothing isFiltered={filters.isActive} onClear={filters.clear} />
        ) : (
          <div
            ref={box}
            onScroll={onScroll}
            style={{ maxHeight: 'max(320px, calc(100vh - 330px))', overflowY: 'auto' }}
          >
            <FeedTable rows={rows.slice(0, drawn)} hasApp={appId === null} />
            <More
              shown={Math.min(drawn, rows.length)}
              what="rows, newest first"
              hasMore={rows.length > drawn}
              isLoading={false}
              onMore={() => setDrawn(drawn + DRAWN)}
            />
          </div>
        )}
      </Paper>
    </Page>
  );
}

function Nothing({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) {
  return (
    <Message
      icon={null}
      title={isFiltered ? 'Nothing has happened that matches these filters' : 'Nothing has happened yet'}
    >
      <Text>
        The feed begins when this screen is opened. A row appears with the next event, call or attempt.
      </Text>
      {isFiltered ? (
        <Button variant="default" onClick={onClear}>
          Clear filters
        </Button>
      ) : null}
    </Message>
  );
}
