import { formatPercent } from '../lib/format';
import classes from './ConfidenceBar.module.css';

export interface ConfidenceBarProps {
  /** 0 to 1. */
  confidence: number;
  /** Colour of the class; the accent without it. */
  color?: string;
  /** Writes the percentage behind the bar. */
  withValue?: boolean;
  /** What the bar measures, for those who do not see it; "Confidence" without it. */
  label?: string;
}

/** A confidence as a bar from 0 to 1. It has a fixed height and moves nothing around it. */
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
