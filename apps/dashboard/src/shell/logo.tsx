import { Group, Text } from '@mantine/core';

/** The mark and the name. */
export function Logo({ isSmall = false }: { isSmall?: boolean }) {
  return (
    <Group gap={8} wrap="nowrap">
      <img src="/icon.svg" width={26} height={26} alt="" />
      {isSmall ? null : (
        <Text fw={700} fz="lg" lts="-0.01em">
          Breakwater
        </Text>
      )}
    </Group>
  );
}
