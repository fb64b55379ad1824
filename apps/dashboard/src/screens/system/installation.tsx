import { Code, SimpleGrid, Stack, Text } from '@mantine/core';
import { systemGetOptions } from '@breakwater/client/queries';
import type { PartitionedTableDto, SystemDto } from '@breakwater/client';
import { useQuery } from '@tanstack/react-query';
import { Answer } from '../../show/answer.js';
import { Time } from '../../show/clock.js';
import { Facts } from '../../show/facts.js';
import { formatBytes, formatCount, plural } from '../../show/format.js';
import { Panel } from '../../show/panel.js';
import { Rows, type Column } from '../../show/rows.js';
import { StateBadge } from '../../show/state-badge.js';
import { DemoPanel } from './demo-panel.js';
import { Upkeep } from './upkeep.js';

/** Version, migrations, queue, partitions, retention and limits. */
export function Installation() {
  const system = useQuery({ ...systemGetOptions(), meta: { isSlow: true } });
  return (
    <Stack>
      <DemoPanel />
      <Answer query={system} what="facts" height={400}>
        {(facts) => (
          <Stack>
            <SimpleGrid cols={{ base: 1, md: 2 }}>
              <Product system={facts} />
              <Kept system={facts} />
            </SimpleGrid>
            <Migrations migrations={facts.migrations} />
            <Partitions tables={facts.partitions} />
          </Stack>
        )}
      </Answer>
    </Stack>
  );
}

function Product({ system }: { system: SystemDto }) {
  return (
    <Panel title="Product">
      <Facts
        facts={[
          ['Version', system.version],
          ['Commit', system.commit === null ? '–' : <Code key="commit">{system.commit.slice(0, 12)}</Code>],
          ['Node.js', system.node],
          ['PostgreSQL', system.database.version],
          ['Database size', formatBytes(system.database.bytes)],
          ['Queue backend', system.queueBackend],
        ]}
      />
    </Panel>
  );
}

function Kept({ system: { retention, rateLimits } }: { system: SystemDto }) {
  const days = (count: number): string => plural(count, 'day');
  return (
    <Panel title="Retention and rate limits">
      <Facts
        facts={[
          ['Deliveries', days(retention.deliveryDays)],
          ['Events', days(retention.eventDays)],
          ['Metrics', days(retention.metricsDays)],
          ['Resolved dead letters', days(retention.resolvedDeadLetterDays)],
          ['Histories', days(retention.historyDays)],
          ['Audit log', days(retention.auditLogDays)],
          ['Requests per key', limit(rateLimits.perKey)],
          ['Failed sign-ins per address', limit(rateLimits.authFailuresPerAddress)],
        ]}
      />
    </Panel>
  );
}

function limit(perMinute: number): string {
  return perMinute === 0 ? 'no limit' : `${formatCount(perMinute)} per minute`;
}

function Migrations({ migrations: { applied, pending } }: { migrations: SystemDto['migrations'] }) {
  const last = applied.at(-1);
  return (
    <Panel title="Migrations">
      <Stack gap="xs">
        {pending.length === 0 ? (
          <StateBadge state="ok" word={`all ${applied.length} are applied`} />
        ) : (
          <>
            <StateBadge state="failed" word={`${plural(pending.length, 'migration')} missing`} />
            <Text size="sm" className="breakable">
              {pending.join(', ')}. Run <Code>npm run migrate</Code>.
            </Text>
          </>
        )}
        {last ? (
          <Text size="sm" className="breakable">
            Last: <Code>{last.name}</Code>, <Time at={last.finishedAt} />
          </Text>
        ) : null}
      </Stack>
    </Panel>
  );
}

const PARTITION_COLUMNS: readonly Column<PartitionedTableDto>[] = [
  { id: 'table', title: 'Table', cell: ({ table }) => <span className="mono">{table}</span> },
  { id: 'days', title: 'Each of', cell: ({ days }) => plural(days, 'day') },
  { id: 'count', title: 'Partitions', isNumber: true, cell: ({ partitions }) => partitions },
  { id: 'rows', title: 'Rows, about', isNumber: true, cell: ({ aboutRows }) => formatCount(aboutRows) },
  { id: 'bytes', title: 'Size', isNumber: true, cell: ({ bytes }) => formatBytes(bytes) },
];

function Partitions({ tables }: { tables: readonly PartitionedTableDto[] }) {
  return (
    <Panel title="Partitions" actions={<Upkeep />}>
      <Rows
        label="Partitioned tables"
        rows={tables}
        columns={PARTITION_COLUMNS}
        idOf={({ table }) => table}
      />
    </Panel>
  );
}
