interface Props {
  values: readonly (number | null)[];
  /** What it shows, for screen readers: "Success rate of 24 hours, lowest 92 %". */
  label: string;
  /** Upper end of the scale; by default the largest value. */
  top?: number;
}

const WIDTH = 96;
const HEIGHT = 24;

/** A line without axes, for the row of a table. A gap is where there was nothing. */
export function Sparkline({ values, label, top }: Props) {
  const highest = top ?? Math.max(1, ...values.map((value) => value ?? 0));
  const step = WIDTH / Math.max(1, values.length - 1);
  const path = values
    .map((value, index) => {
      if (value === null) return '';
      const isFirst = index === 0 || values[index - 1] === null;
      const y = HEIGHT - 2 - (Math.min(value, highest) / highest) * (HEIGHT - 4);
      return `${isFirst ? 'M' : 'L'}${(index * step).toFixed(1)} ${y.toFixed(1)}`;
    })
    .join('');
  return (
    <svg width={WIDTH} height={HEIGHT} role="img" aria-label={label} style={{ display: 'block' }}>
      <path d={path} fill="none" stroke="var(--tone-info)" strokeWidth={1.5} strokeLinejoin="round" />
    </svg>
  );
}
