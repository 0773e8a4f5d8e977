import { Group, Text } from '@mantine/core';
import classes from './IntervalBar.module.css';

export interface IntervalBarProps {
  value: number;
  low: number;
  high: number;
  /** The start of the bar: 0 by default, -1 for coefficients. */
  from?: number;
  /** What the value measures, or its counts. */
  note?: string;
}

export const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;

/** Draws a value with its 95 % confidence interval. */
export function IntervalBar({ value, low, high, from = 0, note }: IntervalBarProps) {
  const at = (point: number) => `${(100 * (point - from)) / (1 - from)}%`;
  const format = (point: number) => (from < 0 ? point.toFixed(2) : percent(point));
  const text = `${format(value)}, 95 % interval ${format(low)} to ${format(high)}`;
  return (
    <Group gap="xs" wrap="nowrap" title={text}>
      <div className={classes.track} role="img" aria-label={text}>
        <div
          className={classes.range}
          style={{ left: at(low), right: `calc(100% - ${at(high)})` }}
        />
        <div className={classes.mark} style={{ left: at(value) }} />
      </div>
      <Text size="sm" className={classes.figure}>
        {format(value)}
      </Text>
      {note && (
        <Text size="xs" c="dimmed" className={classes.figure}>
          {note}
        </Text>
      )}
    </Group>
  );
}
