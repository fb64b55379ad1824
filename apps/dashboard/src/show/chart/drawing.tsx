import {
  Area,
  Bar,
  CartesianGrid,
  ComposedChart,
  Legend,
  Line,
  ReferenceArea,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { useZone } from '../clock.js';
import { formatClock, formatExact } from '../format.js';
import type { ChartProps, Series } from './chart.js';
import { mergeMarkers } from './merge-markers.js';

const DAY_MS = 86_400_000;
const COLORS: Record<Series['tone'], string> = {
  ok: 'var(--tone-ok)',
  warning: 'var(--tone-warning)',
  danger: 'var(--tone-danger)',
  neutral: 'var(--tone-neutral)',
  info: 'var(--tone-info)',
  accent: 'var(--mantine-primary-color-filled)',
  second: 'var(--tone-warning)',
  third: 'var(--tone-danger)',
};
/** Lines differ by their dashes too: a color alone tells nothing to some. */
const DASHES = [undefined, '6 3', '2 3', '8 3 2 3'];

/** The drawing of a {@link Chart}; a file of its own because the library is large. */
export function Drawing({
  kind,
  points,
  series,
  format,
  markers = [],
  threshold,
  span,
  height = 220,
}: ChartProps) {
  const { zone } = useZone();
  const data = points.map((point) => ({ ...point, time: new Date(point.at).getTime() }));
  const first = data[0]?.time ?? 0;
  const last = data.at(-1)?.time ?? 0;
  const isDays = last - first > 1.5 * DAY_MS;
  const text = { fill: 'var(--text-dimmed)', fontSize: 11 };
  return (
    <ResponsiveContainer width="100%" height={height}>
      <ComposedChart
        data={data}
        margin={{ top: 8, right: 12, bottom: 0, left: 0 }}
        accessibilityLayer={false}
        barCategoryGap="8%"
      >
        <CartesianGrid vertical={false} stroke="var(--mantine-color-default-border)" />
        <XAxis
          dataKey="time"
          type="number"
          domain={['dataMin', 'dataMax']}
          scale="time"
          tick={text}
          tickLine={false}
          minTickGap={40}
          padding={kind === 'stacked' ? { left: 8, right: 8 } : undefined}
          tickFormatter={(time: number) => formatClock(new Date(time), zone, isDays)}
        />
        <YAxis
          tick={text}
          tickLine={false}
          axisLine={false}
          width={58}
          tickFormatter={format}
          allowDecimals={false}
        />
        <Tooltip
          isAnimationActive={false}
          labelFormatter={(time) => formatExact(new Date(Number(time)), zone, false)}
          formatter={(value, name) => [typeof value === 'number' ? format(value) : String(value), name]}
          contentStyle={{
            background: 'var(--mantine-color-body)',
            border: '1px solid var(--mantine-color-default-border)',
            borderRadius: 6,
            fontSize: 12,
          }}
        />
        {series.length > 1 ? (
          <Legend itemSorter={null} wrapperStyle={{ fontSize: 12, color: 'var(--text-dimmed)' }} />
        ) : null}
        {span ? (
          <ReferenceArea
            x1={new Date(span.from).getTime()}
            x2={new Date(span.to).getTime()}
            fill="var(--tone-danger)"
            fillOpacity={0.12}
            ifOverflow="hidden"
          />
        ) : null}
        {series.map((one, index) => draw(one, kind, DASHES[index % DASHES.length]))}
        {threshold ? (
          <ReferenceLine
            y={threshold.value}
            stroke="var(--tone-danger)"
            strokeDasharray="4 4"
            label={{ value: threshold.title, ...text, position: 'insideTopRight' }}
            ifOverflow="extendDomain"
          />
        ) : null}
        {mergeMarkers(markers, first, last).map(({ at, title }) => (
          <ReferenceLine
            key={`${at} ${title}`}
            x={new Date(at).getTime()}
            stroke="var(--tone-neutral)"
            strokeDasharray="3 3"
            label={{ value: title, ...text, position: 'insideTopLeft', angle: -90, dx: 10, dy: 76 }}
            ifOverflow="hidden"
          />
        ))}
      </ComposedChart>
    </ResponsiveContainer>
  );
}

function draw({ id, title, tone }: Series, kind: ChartProps['kind'], dash: string | undefined) {
  const color = COLORS[tone];
  const shared = { dataKey: id, name: title, isAnimationActive: false };
  if (kind === 'stacked') return <Bar key={id} {...shared} stackId="all" fill={color} />;
  if (kind === 'area')
    return (
      <Area
        key={id}
        {...shared}
        stroke={color}
        fill={color}
        fillOpacity={0.15}
        strokeWidth={1.5}
        connectNulls={false}
      />
    );
  return (
    <Line
      key={id}
      {...shared}
      stroke={color}
      strokeWidth={1.75}
      strokeDasharray={dash}
      dot={false}
      connectNulls={false}
    />
  );
}
