import type { Forecast } from './forecast';

export type AdviceKind = 'CONTINUE' | 'NEARLY' | 'STOP';

export type AdviceReason =
  /** Too little was measured to say anything. */
  | 'TOO_EARLY'
  /** Even the low end of the interval is at the target. */
  | 'REACHED'
  /** The estimate is at the target, or a hundred labels away from it. */
  | 'CLOSE'
  /** More labels bring next to nothing, and not the target. */
  | 'FLAT'
  /** Accuracy still rises, but hardly to the target. */
  | 'OUT_OF_REACH'
  | 'ON_THE_WAY';

export interface Advice {
  kind: AdviceKind;
  reason: AdviceReason;
}

const close = 100;
/** A fifth of a percentage point per hundred labels is not worth them. */
const flatGain = 0.002;
const unlikely = 0.1;

/**
 * Whether to go on labelling.
 *
 * @param target accuracy that is aimed at, 0 to 1
 * @param mostLabels images that could be labelled at all
 */
export function adviceOf(
  forecast: Forecast | undefined,
  target: number,
  mostLabels: number,
): Advice {
  if (!forecast) return { kind: 'CONTINUE', reason: 'TOO_EARLY' };
  const { accuracy, gainPer100, labels } = forecast;
  if (accuracy.low >= target) return { kind: 'STOP', reason: 'REACHED' };
  const { value } = forecast.needed(target);
  if (value !== null && value <= close) return { kind: 'NEARLY', reason: 'CLOSE' };
  if (forecast.chance(target, Math.max(labels, mostLabels)) > unlikely)
    return { kind: 'CONTINUE', reason: 'ON_THE_WAY' };
  return gainPer100.high < flatGain
    ? { kind: 'STOP', reason: 'FLAT' }
    : { kind: 'CONTINUE', reason: 'OUT_OF_REACH' };
}
