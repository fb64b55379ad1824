import { Alert, Button, Group, Paper, Skeleton, Stack, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { FilterX, Inbox, Lock, SearchX } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { ApiError } from '../data/api-error.js';
import { answerState, isStale, type Asked } from './answer-state.js';
import { Time } from './clock.js';
import { Notice } from './notice.js';

/** A skeleton that is shown for less than this only flickers, ms. */
const SKELETON_AFTER_MS = 150;

interface Props<T> {
  query: Asked<T> & { dataUpdatedAt: number };
  /** What is asked for, in the plural: "dead letters". */
  what: string;
  isEmpty?: (data: T) => boolean;
  /** Shown when there is none at all: says why, and the first thing to do. */
  empty?: ReactNode;
  isFiltered?: boolean;
  onClearFilters?: () => void;
  /** Height of the skeleton, px. */
  height?: number;
  children: (data: T) => ReactNode;
}

const never = (): boolean => false;

/** The answer of a query in one of its states: waiting, error, not allowed, not found, none yet, no match, or itself. */
export function Answer<T>(props: Props<T>) {
  const { query, what, isEmpty = never, isFiltered = false, onClearFilters } = props;
  const state = answerState(query, isEmpty, isFiltered);
  const retry = useRetry();
  if (state === 'waiting') return <Waiting what={what} height={props.height ?? 160} />;
  if (state === 'error') return <Failed error={query.error} onRetry={retry} />;
  if (state === 'notAllowed')
    return (
      <Message icon={<Lock aria-hidden />} title={`You may not see these ${what}`}>
        <Text>{detailOf(query.error)}</Text>
      </Message>
    );
  if (state === 'notFound')
    return (
      <Message icon={<SearchX aria-hidden />} title="Not found">
        <Text>{detailOf(query.error)}</Text>
      </Message>
    );
  if (state === 'noMatch')
    return (
      <Message icon={<FilterX aria-hidden />} title={`No ${what} match these filters`}>
        {onClearFilters ? (
          <Button variant="default" onClick={onClearFilters}>
            Clear filters
          </Button>
        ) : null}
      </Message>
    );
  if (state === 'empty')
    return (
      <Message icon={<Inbox aria-hidden />} title={`No ${what} yet`}>
        {props.empty}
      </Message>
    );
  return (
    <>
      {isStale(query) ? <Stale error={query.error} at={query.dataUpdatedAt} onRetry={retry} /> : null}
      {props.children(query.data as T)}
    </>
  );
}

/** Asks again for everything on the screen that failed: it mostly has one cause. */
function useRetry(): () => void {
  const queries = useQueryClient();
  return () =>
    void queries.refetchQueries({ type: 'active', predicate: ({ state }) => state.status === 'error' });
}

function Waiting({ what, height }: { what: string; height: number }) {
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), SKELETON_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div aria-busy="true" style={{ minHeight: height }} data-state="waiting">
      {isShown ? (
        <>
          <Text className="visually-hidden" fz={0} role="status">{`Loading ${what}`}</Text>
          <Stack gap="xs" aria-hidden>
            <Skeleton height={18} width="40%" />
            <Skeleton height={height - 60} />
            <Skeleton height={18} width="70%" />
          </Stack>
        </>
      ) : null}
    </div>
  );
}

/** Something that is told instead of data. */
export function Message({ icon, title, children }: { icon: ReactNode; title: string; children?: ReactNode }) {
  return (
    <Paper withBorder p="xl" data-state="message">
      <Stack align="center" gap="sm" ta="center">
        <span className="dimmed">{icon}</span>
        <Title order={2} size="h3">
          {title}
        </Title>
        {children}
      </Stack>
    </Paper>
  );
}

/** What went wrong, how to name it to others, and a way to try again. */
export function Failed({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const requestId = error instanceof ApiError ? error.requestId : null;
  return (
    <Notice
      tone="danger"
      title={error instanceof ApiError ? error.title : 'This could not be shown'}
      role="alert"
    >
      <Stack gap="xs" align="flex-start">
        <Text size="sm" className="breakable">
          {detailOf(error)}
        </Text>
        {requestId ? (
          <Text size="sm" className="dimmed">
            Request <span className="mono breakable">{requestId}</span>
          </Text>
        ) : null}
        {onRetry ? (
          <Button size="xs" variant="default" onClick={onRetry}>
            Retry
          </Button>
        ) : null}
      </Stack>
    </Notice>
  );
}

function Stale({ error, at, onRetry }: { error: unknown; at: number; onRetry: () => void }) {
  return (
    <Alert color="yellow" variant="outline" mb="sm" p="xs" role="status" data-state="stale">
      <Group gap="sm">
        <Text size="sm">
          Old data, read <Time at={new Date(at)} />: {detailOf(error)}
        </Text>
        <Button size="compact-xs" variant="default" onClick={onRetry}>
          Retry
        </Button>
      </Group>
    </Alert>
  );
}

function detailOf(error: unknown): string {
  return error instanceof ApiError
    ? error.detail
    : error instanceof Error
      ? error.message
      : 'No reason was given.';
}
