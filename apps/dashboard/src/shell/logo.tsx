import { Group, Text } from '@mantine/core';

/** The mark and the name; compact, a narrow screen has the mark alone. */
export function Logo({ isCompact = false }: { isCompact?: boolean }) {
  return (
    <Group gap={8} wrap="nowrap">
      <img src="/icon.svg" width={26} height={26} alt="" />
      <Text fw={700} fz="lg" lts="-0.01em" visibleFrom={isCompact ? 'xs' : undefined}>
        Breakwater
      </Text>
    </Group>
  );
}
