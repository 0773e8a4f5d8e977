import { formatPercent } from '../lib/format';
import classes from './ConfidenceBar.module.css';

export interface ConfidenceBarProps {
  /** 0 to 1. */
  confidence: number;
  /** Colour of the class. The accent colour if missing. */
  color?: string;
  /** Shows the percentage after the bar. */
  withValue?: boolean;
  /** What the bar measures, for screen readers. */
  label?: string;
}

/** Draws a confidence as a bar. Its height is fixed, so the layout does not move. */
export function ConfidenceBar({
  confidence,
  color,
  withValue = false,
  label = 'Confidence',
}: ConfidenceBarProps) {
  return (
    <span className={classes.root}>
      <span
        className={classes.track}
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(confidence * 100)}
        aria-valuetext={formatPercent(confidence)}
      >
        <span
          className={classes.fill}
          style={{ transform: `scaleX(${confidence})`, backgroundColor: color }}
        />
      </span>
      {withValue && <span className={classes.value}>{formatPercent(confidence)}</span>}
    </span>
  );
}
