import { ActionIcon, Tooltip, useMantineColorScheme, type MantineColorScheme } from '@mantine/core';
import { Monitor, Moon, Sun } from 'lucide-react';

const NEXT: Record<MantineColorScheme, MantineColorScheme> = { auto: 'light', light: 'dark', dark: 'auto' };
const LOOKS = {
  auto: { icon: Monitor, word: 'Theme of the system' },
  light: { icon: Sun, word: 'Light theme' },
  dark: { icon: Moon, word: 'Dark theme' },
};

/** Light, dark, or as the system has it. */
export function ThemeToggle() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { icon: Icon, word } = LOOKS[colorScheme];
  return (
    <Tooltip label={word}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={`${word}; change`}
        onClick={() => setColorScheme(NEXT[colorScheme])}
      >
        <Icon size={18} />
      </ActionIcon>
    </Tooltip>
  );
}
