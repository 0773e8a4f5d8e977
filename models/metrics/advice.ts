import type { Forecast } from './forecast';

export type AdviceKind = 'CONTINUE' | 'NEARLY' | 'STOP';

export type AdviceReason =
  /** There are too few measurements for a forecast. */
  | 'TOO_EARLY'
  /** The low end of the interval is at or above the target. */
  | 'REACHED'
  /** The target is at most a hundred labels away. */
  | 'CLOSE'
  /** The target is unlikely, and more labels add almost no accuracy. */
  | 'FLAT'
  /** The target is unlikely, but more labels still add accuracy. */
  | 'OUT_OF_REACH'
  | 'ON_THE_WAY';

/** Whether to continue labelling, and the reason. */
export interface Advice {
  kind: AdviceKind;
  reason: AdviceReason;
}

const closeLabels = 100;
/** A smaller gain in accuracy per 100 labels is not worth the labels. */
const flatGain = 0.002;
const minChance = 0.1;

/**
 * Advises whether to continue labelling.
 *
 * @param target the target accuracy, 0 to 1
 * @param maxLabels the number of images that could be labelled
 */
export function adviceOf(
  forecast: Forecast | undefined,
  target: number,
  maxLabels: number,
): Advice {
  if (!forecast) return { kind: 'CONTINUE', reason: 'TOO_EARLY' };
  const { accuracy, gainPer100, labels } = forecast;
  if (accuracy.low >= target) return { kind: 'STOP', reason: 'REACHED' };
  const { value } = forecast.needed(target);
  if (value !== null && value <= closeLabels) return { kind: 'NEARLY', reason: 'CLOSE' };
  if (forecast.chance(target, Math.max(labels, maxLabels)) > minChance)
    return { kind: 'CONTINUE', reason: 'ON_THE_WAY' };
  return gainPer100.high < flatGain
    ? { kind: 'STOP', reason: 'FLAT' }
    : { kind: 'CONTINUE', reason: 'OUT_OF_REACH' };
}
