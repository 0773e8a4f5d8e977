import { Text } from '@mantine/core';

interface Props {
  /** Shares, 0 to 1. */
  from: number | null | undefined;
  to: number | null | undefined;
  lowerIsBetter?: boolean;
}

/** Shows a change in percentage points. The colour says whether the change is an improvement. */
export function Delta({ from, to, lowerIsBetter = false }: Props) {
  if (from === null || from === undefined || to === null || to === undefined)
    return (
      <Text span size="sm" c="dimmed">
        –
      </Text>
    );
  const points = 100 * (to - from);
  const isSmall = Math.abs(points) < 0.05;
  const isGood = points > 0 !== lowerIsBetter;
  return (
    <Text span size="sm" c={isSmall ? 'dimmed' : isGood ? 'teal' : 'red'} className="tabular">
      {isSmall ? '±0.0' : `${points > 0 ? '+' : '−'}${Math.abs(points).toFixed(1)}`}
    </Text>
  );
}
