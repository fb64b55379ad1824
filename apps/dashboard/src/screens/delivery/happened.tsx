import { Box, Group, Text } from '@mantine/core';
import type { TimelineEntryDto } from '@breakwater/client';
import { Time } from '../../show/clock.js';
import { told } from './told.js';

/** Everything that happened to a delivery, oldest first. */
export function Happened({ timeline }: { timeline: readonly TimelineEntryDto[] }) {
  return (
    <Box component="ol" m={0} p={0} style={{ listStyle: 'none' }} aria-label="What happened, oldest first">
      {timeline.map((entry, index) => (
        <Group component="li" key={`${entry.at} ${index}`} gap="sm" py={3} align="baseline" wrap="wrap">
          <Text size="sm" className="dimmed" w={{ base: '100%', sm: 250 }}>
            <Time at={entry.at} isExact />
          </Text>
          <Text size="sm" className="breakable" style={{ flex: 1, minWidth: 0 }}>
            {told(entry)}
          </Text>
        </Group>
      ))}
    </Box>
  );
}
