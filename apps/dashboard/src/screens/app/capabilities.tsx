import { Button, Text } from '@mantine/core';
import { holdsListOptions } from '@breakwater/client/queries';
import type { CapabilityNumbersDto } from '@breakwater/client';
import { useQuery } from '@tanstack/react-query';
import type { Filters } from '../../data/use-filters.js';
import { useLinks } from '../../session/use-links.js';
import { Answer } from '../../show/answer.js';
import { FEW, formatCount, formatDuration, formatShare } from '../../show/format.js';
import { Go } from '../../show/go.js';
import { Panel } from '../../show/panel.js';
import { Rows, type Column } from '../../show/rows.js';
import { endedOf } from '../../show/series/series.js';
import { StateBadge } from '../../show/state-badge.js';
import { capabilityRows, type CapabilityRow } from './capability-rows.js';

interface Props {
  appId: string;
  numbers: readonly CapabilityNumbersDto[];
  filters: Filters<'capability' | 'range' | 'from' | 'to'>;
}

/** The range of the charts by capability. */
export function Capabilities({ appId, numbers, filters }: Props) {
  const links = useLinks();
  const endpoints = useQuery(holdsListOptions({ path: { appId } }));
  const { range, from, to, capability: chosen } = filters.values;
  const period = { range: range ?? (from === undefined ? '24h' : undefined), from, to };
  const columns: Column<CapabilityRow>[] = [
    {
      id: 'capability',
      title: 'Capability',
      cell: ({ capability }) => (
        <Go to={links.deliveries({ appId, capability, ...period })} className="breakable">
          {capability}
        </Go>
      ),
    },
    { id: 'state', title: 'State', cell: (row) => <StateBadge state={stateOf(row)} /> },
    { id: 'mode', title: 'Mode', cell: ({ endpoint }) => (endpoint ? modeOf(endpoint.async) : '–') },
    { id: 'calls', title: 'Calls', isNumber: true, cell: (row) => formatCount(row.numbers?.total ?? 0) },
    {
      id: 'success',
      title: 'Success',
      isNumber: true,
      cell: ({ numbers: own }) => (own ? formatShare(own.successes, own.total) : '–'),
    },
    { id: 'p50', title: 'p50', isNumber: true, cell: ({ numbers: own }) => duration(own?.p50Ms) },
    { id: 'p95', title: 'p95', isNumber: true, cell: ({ numbers: own }) => duration(own?.p95Ms) },
    {
      id: 'p99',
      title: 'p99',
      isNumber: true,
      cell: ({ numbers: own }) => (own && own.total >= FEW ? duration(own.p99Ms) : '–'),
    },
    {
      id: 'ended',
      title: 'Completed',
      isNumber: true,
      cell: ({ numbers: own }) => (own ? formatShare(own.ends.completed, endedOf(own.ends)) : '–'),
    },
    {
      id: 'charts',
      title: 'Charts',
      cell: ({ capability }) => (
        <Button
          size="compact-xs"
          variant="default"
          aria-pressed={chosen === capability}
          aria-label={`${chosen === capability ? 'Show all' : 'Only this'}: charts of ${capability}`}
          onClick={() => filters.set({ capability: chosen === capability ? '' : capability })}
        >
          {chosen === capability ? 'Show all' : 'Only this'}
        </Button>
      ),
    },
  ];
  return (
    <Panel title="Capabilities, most calls first">
      <Answer
        query={endpoints}
        what="capabilities"
        isEmpty={({ items }) => capabilityRows(items, numbers).length === 0}
        empty={<Text size="sm">The manifest of this app declares none.</Text>}
      >
        {({ items }) => (
          <Rows
            label="Capabilities, most calls first"
            rows={capabilityRows(items, numbers)}
            columns={columns}
            idOf={({ capability }) => capability}
          />
        )}
      </Answer>
    </Panel>
  );
}

function stateOf({ endpoint }: CapabilityRow): string {
  if (endpoint === null) return 'not declared';
  return endpoint.hold ?? endpoint.status;
}

function modeOf(isAsync: boolean): string {
  return isAsync ? 'async' : 'sync';
}

function duration(ms: number | null | undefined): string {
  return ms === null || ms === undefined ? '–' : formatDuration(ms);
}
