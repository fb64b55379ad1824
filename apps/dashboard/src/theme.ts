import { createTheme, type MantineColorsTuple } from '@mantine/core';

const harbor: MantineColorsTuple = [
  '#e7f6fa',
  '#d3eaf1',
  '#a7d4e2',
  '#77bdd3',
  '#51aac6',
  '#389dbe',
  '#2996bb',
  '#0f7390',
  '#0b5a75',
  '#074a61',
];

/** For acts that cannot be undone: white on the shades that are used has a contrast of at least 4.5. */
const danger: MantineColorsTuple = [
  '#fdecea',
  '#fbd5d1',
  '#f5a9a2',
  '#ef7a70',
  '#e95347',
  '#d92d20',
  '#b42318',
  '#b42318',
  '#b42318',
  '#8f1c13',
];

export const theme = createTheme({
  primaryColor: 'harbor',
  // Both have a contrast of at least 4.5 with what is written on them.
  primaryShade: { light: 8, dark: 7 },
  colors: { harbor, danger },
  autoContrast: true,
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  headings: {
    fontWeight: '650',
    sizes: { h1: { fontSize: '1.5rem' }, h2: { fontSize: '1.125rem' }, h3: { fontSize: '1rem' } },
  },
});
