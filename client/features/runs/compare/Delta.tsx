import { Text } from '@mantine/core';

interface Props {
  /** Shares, 0 to 1. */
  from: number | null | undefined;
  to: number | null | undefined;
  lessIsBetter?: boolean;
}

/** A change in percentage points: the sign says which way, the colour whether that is good. */
export function Delta({ from, to, lessIsBetter = false }: Props) {
  if (from === null || from === undefined || to === null || to === undefined)
    return (
      <Text span size="sm" c="dimmed">
        –
      </Text>
    );
  const points = 100 * (to - from);
  const isSmall = Math.abs(points) < 0.05;
  const isGood = points > 0 !== lessIsBetter;
  return (
    <Text span size="sm" c={isSmall ? 'dimmed' : isGood ? 'teal' : 'red'} className="tabular">
      {isSmall ? '±0.0' : `${points > 0 ? '+' : '−'}${Math.abs(points).toFixed(1)}`}
    </Text>
  );
}
