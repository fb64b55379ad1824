import { Button, Checkbox, Group, Table, Text, UnstyledButton } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { useRef, useState, type KeyboardEvent, type MouseEvent, type ReactNode } from 'react';

export interface Column<Row> {
  /** Unique; also the value of `sort` where the column can be sorted. */
  id: string;
  title: string;
  cell: (row: Row) => ReactNode;
  isNumber?: boolean;
  isSortable?: boolean;
}

interface Props<Row> {
  /** Name of the table for screen readers: "Deliveries, newest first". */
  label: string;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  idOf: (row: Row) => string;
  /** Where a row leads; null: nowhere. */
  to?: (row: Row) => string | null;
  selected?: ReadonlySet<string>;
  onSelect?: (ids: ReadonlySet<string>) => void;
  /** Key `r` on a row. */
  onRedeliver?: (row: Row) => void;
  sort?: { by: string; isDescending: boolean };
  onSort?: (by: string) => void;
  /** Beside the list that the screen is about: the first `j` does not go to it. */
  isAside?: boolean;
}

/**
 * A table of things. With the keyboard: `j` and `k` move, Enter opens, `x` selects, `r` redelivers. On a narrow screen
 * each row is a block.
 */
export function Rows<Row>(props: Props<Row>) {
  const { rows, columns, idOf, to, selected, onSelect, onRedeliver, sort, onSort } = props;
  const [active, setActive] = useState<number | null>(null);
  const body = useRef<HTMLTableSectionElement>(null);
  const navigate = useNavigate();

  function open(row: Row): void {
    const path = to?.(row) ?? null;
    if (path !== null) void navigate({ to: path });
  }
  function toggle(id: string): void {
    if (!selected || !onSelect) return;
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    onSelect(next);
  }
  function move(by: number): void {
    const next = Math.min(Math.max((active ?? (by > 0 ? -1 : 1)) + by, 0), rows.length - 1);
    setActive(next);
    body.current?.rows[next]?.scrollIntoView({ block: 'nearest' });
  }
  function onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || isField(event.target)) return;
    const row = active === null ? undefined : rows[active];
    const acts: Record<string, () => void> = {
      j: () => move(1),
      k: () => move(-1),
      ...(row && event.target === event.currentTarget ? { Enter: () => open(row) } : {}),
      ...(row ? { x: () => toggle(idOf(row)), r: () => onRedeliver?.(row) } : {}),
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }
  function onRowClick(event: MouseEvent, row: Row): void {
    const isOwn = (event.target as HTMLElement).closest('a, button, input, label');
    if (!isOwn && window.getSelection()?.toString() === '') open(row);
  }

  const all = rows.map(idOf);
  const isAll = selected !== undefined && all.length > 0 && all.every((id) => selected.has(id));
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the keys work while the table has the focus
    <div
      tabIndex={0}
      role="region"
      aria-label={props.label}
      data-rows={props.isAside ? undefined : true}
      onKeyDown={onKey}
      style={{ overflowX: 'auto' }}
    >
      <Table className="rows" verticalSpacing={6} highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            {onSelect ? (
              <Table.Th w={36}>
                <Checkbox
                  size="xs"
                  aria-label="Select all rows on this page"
                  checked={isAll}
                  indeterminate={!isAll && (selected?.size ?? 0) > 0}
                  onChange={() => onSelect(new Set(isAll ? [] : all))}
                />
              </Table.Th>
            ) : null}
            {columns.map((column) => (
              <Table.Th
                key={column.id}
                ta={column.isNumber ? 'right' : undefined}
                aria-sort={sortOf(column, sort)}
              >
                {column.isSortable && onSort ? (
                  <UnstyledButton fz="inherit" fw="inherit" onClick={() => onSort(column.id)}>
                    {column.title}
                    {sort?.by === column.id ? <SortIcon isDescending={sort.isDescending} /> : null}
                  </UnstyledButton>
                ) : (
                  column.title
                )}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody ref={body}>
          {rows.map((row, index) => (
            <Table.Tr
              key={idOf(row)}
              data-active={index === active}
              data-opens={(to?.(row) ?? null) === null ? undefined : true}
              onClick={(event) => onRowClick(event, row)}
            >
              {onSelect ? (
                <Table.Td data-label="Select">
                  <Checkbox
                    size="xs"
                    aria-label={`Select ${idOf(row)}`}
                    checked={selected?.has(idOf(row)) ?? false}
                    onChange={() => toggle(idOf(row))}
                  />
                </Table.Td>
              ) : null}
              {columns.map((column) => (
                <Table.Td
                  key={column.id}
                  data-label={column.title}
                  ta={column.isNumber ? 'right' : undefined}
                  className={column.isNumber ? 'numbers' : undefined}
                >
                  {column.cell(row)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function SortIcon({ isDescending }: { isDescending: boolean }) {
  const Icon = isDescending ? ArrowDown : ArrowUp;
  return <Icon size={12} aria-hidden style={{ marginLeft: 4 }} />;
}

function sortOf<Row>(column: Column<Row>, sort: Props<Row>['sort']): 'ascending' | 'descending' | undefined {
  if (sort?.by !== column.id) return undefined;
  return sort.isDescending ? 'descending' : 'ascending';
}

function isField(target: EventTarget): boolean {
  return (
    target instanceof HTMLElement &&
    target.matches('input:not([type=checkbox]), textarea, select, [contenteditable=true]')
  );
}

interface MoreProps {
  shown: number;
  /** "deliveries, newest first" */
  what: string;
  hasMore: boolean;
  isLoading: boolean;
  onMore: () => void;
}

/** Below a list: how many are shown in which order, and the next page. */
export function More({ shown, what, hasMore, isLoading, onMore }: MoreProps) {
  return (
    <Group justify="space-between" mt="sm">
      <Text size="sm" className="dimmed" role="status">
        {`${what[0]?.toUpperCase()}${what.slice(1)}: ${shown} shown, ${hasMore ? 'there are more' : 'these are all'}`}
      </Text>
      {hasMore ? (
        <Button variant="default" size="xs" loading={isLoading} onClick={onMore}>
          Show more
        </Button>
      ) : null}
    </Group>
  );
}

/** Above a list that does not move by itself. */
export function NewRows({ count, onShow }: { count: number; onShow: () => void }) {
  if (count === 0) return null;
  return (
    <Button fullWidth variant="light" size="xs" mb="xs" onClick={onShow}>
      {`${count} new: show`}
    </Button>
  );
}
