import { Group, Text } from '@mantine/core';
import { Go } from '../../../show/go.js';

interface Props {
  /** "10 deliveries, newest first" */
  text: string;
  hasMore?: boolean;
  to: string;
  title: string;
}

/** Below a short list: what it shows, and the screen that has all. */
export function Below({ text, hasMore, to, title }: Props) {
  const rest = hasMore === undefined ? '' : hasMore ? '; there are more' : '; these are all';
  return (
    <Group justify="space-between" mt="sm">
      <Text size="sm" className="dimmed">
        {text + rest}
      </Text>
      <Text size="sm">
        <Go to={to}>{title}</Go>
      </Text>
    </Group>
  );
}
