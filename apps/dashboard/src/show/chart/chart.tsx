import { Box, Button, Group, Skeleton, Table, Text } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import { useZone } from '../clock.js';
import { formatExact } from '../format.js';
import type { Tone } from '../state-badge.js';

export interface Series {
  /** Member of the points. */
  id: string;
  title: string;
  tone: Tone | 'accent' | 'second' | 'third';
}

export interface Point {
  /** Begin of the bucket, ISO 8601. */
  at: string;
  [series: string]: string | number | null;
}

export interface Marker {
  at: string;
  /** "Manifest 4", "Breaker opened". */
  title: string;
}

export interface ChartProps {
  /** What it shows, a name for screen readers. */
  label: string;
  /** One sentence that says what the chart says. */
  summary: string;
  kind: 'stacked' | 'lines' | 'area';
  points: readonly Point[];
  series: readonly Series[];
  /** A number as text, with its unit. */
  format: (value: number) => string;
  markers?: readonly Marker[];
  /** A line across, such as the threshold of an alert. */
  threshold?: { value: number; title: string };
  /** A span that is marked, such as the time an alert was firing. */
  span?: { from: string; to: string; title: string };
  height?: number;
}

// The charts are the largest part of the dashboard: they load when the first one is drawn.
const Drawing = lazy(() => import('./drawing.js').then((module) => ({ default: module.Drawing })));

/** A chart over time, with its sentence, and the same numbers as a table. */
export function Chart(props: ChartProps) {
  const [isTable, setTable] = useState(false);
  const height = props.height ?? 220;
  return (
    <Box component="figure" m={0} aria-label={props.label}>
      <Group justify="space-between" mb={4} wrap="nowrap" align="flex-start">
        <Text component="figcaption" size="sm" className="dimmed">
          {props.summary}
        </Text>
        <Button
          size="compact-xs"
          variant="subtle"
          style={{ flex: 'none' }}
          aria-pressed={isTable}
          onClick={() => setTable(!isTable)}
        >
          {isTable ? 'Show chart' : 'Show table'}
        </Button>
      </Group>
      {isTable ? (
        <PointsTable {...props} />
      ) : (
        <Suspense fallback={<Skeleton height={height} />}>
          <div aria-hidden style={{ height }}>
            <Drawing {...props} height={height} />
          </div>
        </Suspense>
      )}
    </Box>
  );
}

function PointsTable({ label, points, series, format, height = 220 }: ChartProps) {
  const { zone } = useZone();
  return (
    <div
      tabIndex={0}
      role="region"
      aria-label={`${label}, as a table`}
      style={{ maxHeight: Math.max(height, 320), overflow: 'auto' }}
    >
      <Table stickyHeader className="numbers" fz="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>From</Table.Th>
            {series.map(({ id, title }) => (
              <Table.Th key={id} ta="right">
                {title}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {points.map((point) => (
            <Table.Tr key={point.at}>
              <Table.Td>{formatExact(new Date(point.at), zone, false)}</Table.Td>
              {series.map(({ id }) => {
                const value = point[id];
                return (
                  <Table.Td key={id} ta="right">
                    {typeof value === 'number' ? format(value) : '–'}
                  </Table.Td>
                );
              })}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
