import { formatCount, formatDuration } from '../format.js';
import { Chart, type Marker } from '../chart/chart.js';
import {
  countsOf,
  countsSummary,
  DURATIONS,
  durationsOf,
  durationsSummary,
  drawnOf,
  ENDS,
  endsOf,
  endsSummary,
  type Numbers,
  type Step,
} from './series.js';

interface Props {
  /** Of what: "all apps", "shop". */
  of: string;
  totals: Numbers;
  steps: readonly Step[];
  markers?: readonly Marker[];
  height?: number;
}

/** How deliveries ended, stacked. */
export function EndsChart({ of, totals, steps, ...rest }: Props) {
  return (
    <Chart
      label={`How deliveries of ${of} ended`}
      summary={endsSummary(totals.ends)}
      kind="stacked"
      points={endsOf(steps)}
      series={ENDS}
      format={formatCount}
      {...rest}
    />
  );
}

export function DurationsChart({ of, totals, steps, ...rest }: Props) {
  const points = durationsOf(steps);
  return (
    <Chart
      label={`Durations of calls to ${of}`}
      summary={durationsSummary(totals)}
      kind="lines"
      points={points}
      series={drawnOf(DURATIONS, points)}
      format={formatDuration}
      {...rest}
    />
  );
}

export function StatusesChart({ of, totals, steps, ...rest }: Props) {
  return (
    <Chart
      label={`Status codes of calls to ${of}`}
      summary={countsSummary(totals.statuses, 'No call was made in this time.')}
      kind="stacked"
      {...countsOf(steps, totals, 'statuses')}
      format={formatCount}
      {...rest}
    />
  );
}

export function ErrorsChart({ of, totals, steps, ...rest }: Props) {
  return (
    <Chart
      label={`Error classes of calls to ${of}`}
      summary={countsSummary(totals.errors, 'No call failed in this time.')}
      kind="stacked"
      {...countsOf(steps, totals, 'errors')}
      format={formatCount}
      {...rest}
    />
  );
}
