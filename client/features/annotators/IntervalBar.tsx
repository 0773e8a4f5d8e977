import { Group, Text } from '@mantine/core';
import classes from './IntervalBar.module.css';

export interface IntervalBarProps {
  value: number;
  low: number;
  high: number;
  /** What the bar begins at, 0 by default; coefficients begin at -1. */
  from?: number;
  /** Counts behind it. */
  note?: string;
}

export const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;

/** A figure with the interval it lies in with 95 % confidence. */
export function IntervalBar({ value, low, high, from = 0, note }: IntervalBarProps) {
  const at = (point: number) => `${(100 * (point - from)) / (1 - from)}%`;
  const words = (point: number) => (from < 0 ? point.toFixed(2) : percent(point));
  const spoken = `${words(value)}, 95 % interval ${words(low)} to ${words(high)}`;
  return (
    <Group gap="xs" wrap="nowrap" title={spoken}>
      <div className={classes.track} role="img" aria-label={spoken}>
        <div
          className={classes.range}
          style={{ left: at(low), right: `calc(100% - ${at(high)})` }}
        />
        <div className={classes.mark} style={{ left: at(value) }} />
      </div>
      <Text size="sm" className={classes.figure}>
        {words(value)}
      </Text>
      {note && (
        <Text size="xs" c="dimmed" className={classes.figure}>
          {note}
        </Text>
      )}
    </Group>
  );
}
