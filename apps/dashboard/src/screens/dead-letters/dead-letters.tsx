import { Button, Group, Text } from '@mantine/core';
import { deadlettersList, type DeadLetterDto } from '@breakwater/client/functions';
import { useMemo, useState } from 'react';
import { useFilters } from '../../data/use-filters.js';
import { usePages } from '../../data/use-pages.js';
import { useScope } from '../../session/session.js';
import { useLinks } from '../../session/use-links.js';
import { Answer } from '../../show/answer.js';
import { FilterBar } from '../../show/filter-bar.js';
import { Go } from '../../show/go.js';
import { Page } from '../../show/page.js';
import { More, NewRows, Rows } from '../../show/rows.js';
import { ACTS, type ActName } from './acts.js';
import { deadLetterColumns } from './columns.js';
import { DEAD_LETTER_FIELDS, DEAD_LETTER_FILTERS, deadLettersQuery, notInBulk } from './filters.js';
import { Groups } from './groups.js';
import { PlanAct } from './plan-act.js';
import { SelectionAct } from './selection-act.js';

/** Rows of a page. */
const ROWS = 50;
const idOf = ({ id }: DeadLetterDto): string => id;
const NAMES: readonly ActName[] = ['redeliver', 'resolve', 'discard'];

/** Deliveries that were given up, and what to do with one, some, or all of them. */
export function DeadLetters() {
  const scope = useScope();
  const links = useLinks();
  const filters = useFilters(DEAD_LETTER_FILTERS);
  const [selected, select] = useState<ReadonlySet<string>>(new Set());
  const [act, setAct] = useState<{ name: ActName; letters: DeadLetterDto[] } | null>(null);
  const [planned, plan] = useState<'redeliver' | 'resolve' | null>(null);
  const pages = usePages(
    ['dead letters', scope.appId, filters.values],
    async (cursor, signal) => {
      const query = deadLettersQuery(filters.values, scope.appId);
      const { data } = await deadlettersList({
        query: { ...query, limit: ROWS, cursor },
        signal,
        throwOnError: true,
      });
      return data;
    },
    idOf,
  );
  const columns = useMemo(() => deadLetterColumns(links, scope), [links, scope]);
  const fields = scope.isPortal
    ? DEAD_LETTER_FIELDS.filter(({ name }) => name !== 'appId')
    : DEAD_LETTER_FIELDS;
  const allowed = NAMES.filter((name) => {
    const { capability } = ACTS[name];
    return capability === null ? !scope.isPortal && scope.may('resolve') : scope.may(capability);
  });
  const chosen = (pages.query.data ?? []).filter(({ id }) => selected.has(id));
  const why = notInBulk(filters.values);
  return (
    <Page
      title="Dead letters"
      about="Deliveries that were given up. Each is kept until a person sends it again, resolves or discards it."
      actions={<Go to={links.bulkOperations()}>Bulk operations</Go>}
    >
      <FilterBar filters={filters} fields={fields} />
      {filters.values.state === undefined ? <Groups filters={filters.values} /> : null}
      <Answer
        query={pages.query}
        what="dead letters"
        isEmpty={(rows) => rows.length === 0}
        empty={<Text>Every delivery was brought to its end, or is still being tried.</Text>}
        isFiltered={filters.isActive}
        onClearFilters={filters.clear}
        height={360}
      >
        {(rows) => (
          <div>
            <Group gap="xs" mb="xs">
              {chosen.length > 0 ? (
                <>
                  <Text size="sm" fw={600} role="status">{`${chosen.length} selected`}</Text>
                  {allowed.map((name) => (
                    <Button
                      key={name}
                      size="xs"
                      variant={name === 'redeliver' ? 'filled' : 'default'}
                      onClick={() => setAct({ name, letters: chosen })}
                    >
                      {`${ACTS[name].verb} ${chosen.length}`}
                    </Button>
                  ))}
                </>
              ) : (
                <>
                  {allowed
                    .filter((name) => name !== 'discard')
                    .map((name) => (
                      <Button
                        key={name}
                        size="xs"
                        variant="default"
                        disabled={why !== null}
                        onClick={() => plan(name)}
                      >
                        {`${ACTS[name].verb} all that match…`}
                      </Button>
                    ))}
                  {why !== null && allowed.length > 0 ? (
                    <Text size="sm" className="dimmed">
                      {why}
                    </Text>
                  ) : null}
                </>
              )}
            </Group>
            <NewRows count={pages.news} onShow={pages.showNews} />
            <Rows
              label="Dead letters, newest first"
              rows={rows}
              columns={columns}
              idOf={idOf}
              to={({ id }) => links.deadLetter(id)}
              selected={selected}
              {...(allowed.length > 0 ? { onSelect: select } : {})}
              onRedeliver={(row) => {
                if (allowed.includes('redeliver')) setAct({ name: 'redeliver', letters: [row] });
              }}
            />
            <More
              shown={rows.length}
              what="dead letters, newest first"
              hasMore={pages.hasMore}
              isLoading={pages.isLoadingMore}
              onMore={pages.loadMore}
            />
          </div>
        )}
      </Answer>
      {act ? (
        <SelectionAct
          act={act.name}
          letters={act.letters}
          onClose={(isDone) => {
            setAct(null);
            if (isDone) select(new Set());
          }}
        />
      ) : null}
      {planned ? <PlanAct kind={planned} filters={filters.values} onClose={() => plan(null)} /> : null}
    </Page>
  );
}
