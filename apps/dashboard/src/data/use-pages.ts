import {
  useInfiniteQuery,
  useQuery,
  type QueryKey,
  type UseInfiniteQueryResult,
} from '@tanstack/react-query';
import { useMemo } from 'react';
import { ApiError } from './api-error.js';

interface Page<Row> {
  items: Row[];
  nextCursor?: string | null;
}

export interface Pages<Row> {
  query: Pick<UseInfiniteQueryResult, 'error' | 'isPending' | 'isFetching' | 'dataUpdatedAt' | 'refetch'> & {
    data: Row[] | undefined;
  };
  hasMore: boolean;
  isLoadingMore: boolean;
  loadMore: () => void;
  /** Rows that came in since the first page was read. The list does not move by itself. */
  news: number;
  showNews: () => void;
}

const UNMOVED = {
  refetchInterval: false,
  refetchOnWindowFocus: false,
  staleTime: Number.POSITIVE_INFINITY,
} as const;

/**
 * A list that is read page by page, newest first.
 * @param key what identifies the list: its name and its filters
 * @param read one page
 * @param idOf of a row, unique
 * @param isMoving whether the list is read again by itself, as a list of states should be: it has no new rows then
 */
export function usePages<Row>(
  key: QueryKey,
  read: (cursor: string | undefined, signal: AbortSignal) => Promise<Page<Row>>,
  idOf: (row: Row) => string,
  isMoving = false,
): Pages<Row> {
  const list = useInfiniteQuery<Page<Row>, ApiError, Row[], QueryKey, string | undefined>({
    queryKey: [isMoving ? 'moving' : 'pages', ...key],
    queryFn: ({ pageParam, signal }) => read(pageParam, signal),
    initialPageParam: undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
    ...(isMoving ? {} : UNMOVED),
    gcTime: 0,
  });
  const newest = useQuery<Page<Row>, ApiError>({
    queryKey: ['newest', ...key],
    queryFn: ({ signal }) => read(undefined, signal),
    enabled: list.isSuccess && !isMoving,
  });
  const news = useMemo(() => {
    if (!list.data || !newest.data || newest.dataUpdatedAt < list.dataUpdatedAt) return 0;
    const shown = new Set(list.data.map(idOf));
    const first = newest.data.items.findIndex((row) => shown.has(idOf(row)));
    return first === -1 ? newest.data.items.length : first;
  }, [list.data, list.dataUpdatedAt, newest.data, newest.dataUpdatedAt, idOf]);
  return {
    query: list,
    hasMore: list.hasNextPage,
    isLoadingMore: list.isFetchingNextPage,
    loadMore: () => void list.fetchNextPage(),
    news,
    showNews: () => void list.refetch(),
  };
}
