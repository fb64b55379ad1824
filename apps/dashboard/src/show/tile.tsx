import { Paper, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Go } from './go.js';
import type { Tone } from './state-badge.js';

interface Props {
  title: string;
  value: ReactNode;
  /** What the value is compared with, or made of. */
  note?: ReactNode;
  /** The list that sums to the value. */
  to?: string;
  tone?: Tone;
}

/** One number. */
export function Tile({ title, value, note, to, tone }: Props) {
  return (
    <Paper withBorder p="sm" style={tone ? { borderLeft: `4px solid var(--tone-${tone})` } : undefined}>
      <Text size="sm" className="dimmed">
        {to ? <Go to={to}>{title}</Go> : title}
      </Text>
      <Text
        component="div"
        fz="1.5rem"
        fw={650}
        lh={1.3}
        className="numbers"
        style={tone ? { color: `var(--tone-${tone})` } : undefined}
      >
        {value}
      </Text>
      <Text size="xs" className="dimmed" mih="1.2em" component="div">
        {note}
      </Text>
    </Paper>
  );
}
