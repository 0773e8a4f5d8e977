import { Paper, Text } from '@mantine/core';

interface Props {
  title: string;
  lines: readonly string[];
}

/** Draws the tooltip of a chart. It is narrow enough to fit beside the pointer on a phone. */
export function ChartNote({ title, lines }: Props) {
  return (
    <Paper withBorder shadow="md" px="sm" py="xs" maw={220}>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      {lines.map((line) => (
        <Text key={line} size="sm" c="dimmed">
          {line}
        </Text>
      ))}
    </Paper>
  );
}
