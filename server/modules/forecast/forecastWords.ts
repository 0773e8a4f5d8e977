import type { Forecast } from '../../../models/metrics';
import { ForecastReason } from '../../../shared/enums';

const percent = (share: number, digits = 0) => `${(100 * share).toFixed(digits)} %`;
/** Formats 1,234 as "about 1,200", because more digits would claim too much precision. */
function about(count: number): string {
  const step = count < 100 ? 10 : count < 1_000 ? 50 : 100;
  return `about ${new Intl.NumberFormat('en').format(Math.max(step, Math.round(count / step) * step))}`;
}

/** Returns the advice with its reason as a sentence for people. */
export function forecastSentence(
  reason: ForecastReason,
  forecast: Forecast | undefined,
  target: number,
): string {
  if (!forecast || reason === ForecastReason.TOO_EARLY)
    return 'Continue: after three measured runs the learning curve shows the distance to the target.';
  const aim = percent(target, 1).replace('.0 %', ' %');
  const gain = percent(forecast.gainPer100.value, 1);
  switch (reason) {
    case ForecastReason.REACHED:
      return `Stop now: accuracy is at ${percent(forecast.accuracy.value, 1)}, and even the low end of its interval is above ${aim}.`;
    case ForecastReason.CLOSE:
      return `Nearly there: accuracy is at ${percent(forecast.accuracy.value, 1)}, ${aim} is at most a hundred labels away.`;
    case ForecastReason.FLAT:
      return `Stop now: 100 more labels bring ${gain}, and ${aim} is out of reach with this backbone. Fine-tune it or choose another.`;
    case ForecastReason.OUT_OF_REACH:
      return `100 more labels still bring ${gain}, but ${aim} is out of reach with this backbone and these images: it ends near ${percent(forecast.ceiling.value)}.`;
    case ForecastReason.ON_THE_WAY: {
      const { value } = forecast.needed(target);
      return value === null
        ? `Continue: 100 more labels bring ${gain}; whether ${aim} can be reached is open.`
        : `Continue: 100 more labels bring ${gain}, and ${aim} is reached in ${about(value)} labels.`;
    }
  }
}
