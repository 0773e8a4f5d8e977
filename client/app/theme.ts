import { createTheme, type MantineColorsTuple } from '@mantine/core';

/** The accent colour marks everything interactive, and nothing else. */
const accent: MantineColorsTuple = [
  '#f4f3ff',
  '#e6e4fb',
  '#cac6f3',
  '#aca6ec',
  '#928be5',
  '#8079de',
  '#6a63d2',
  '#5a53bd',
  '#4c469f',
  '#3b377d',
];

/** A neutral, slightly cool dark palette that does not change how photographs look. */
const dark: MantineColorsTuple = [
  '#d7d9de',
  '#b4b7bf',
  '#8d919b',
  '#6a6e79',
  '#484c56',
  '#343740',
  '#26282f',
  '#1c1e24',
  '#15171c',
  '#0f1014',
];

export const theme = createTheme({
  colors: { accent, dark },
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 5 },
  autoContrast: true,
  luminanceThreshold: 0.36,
  defaultRadius: 'md',
  cursorType: 'pointer',
  fontFamily:
    'Inter, ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '1.5rem', lineHeight: '1.3' }, h2: { fontSize: '1.125rem' } },
  },
  spacing: { xs: '0.5rem', sm: '0.75rem', md: '1rem', lg: '1.5rem', xl: '2rem' },
  components: {
    Tooltip: { defaultProps: { openDelay: 350, withArrow: true, fz: 'xs' } },
    Button: { defaultProps: { size: 'sm' } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 'lg' } },
    Card: { defaultProps: { withBorder: true, radius: 'md', padding: 'md' } },
    Modal: { defaultProps: { centered: true, radius: 'md' } },
    Menu: { defaultProps: { shadow: 'md', position: 'bottom-end' } },
  },
});
