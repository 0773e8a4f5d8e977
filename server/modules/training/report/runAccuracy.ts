import type { FittedHead } from '../../../../models/training';
import { Split } from '../../../../shared/enums';
import type { RunMetricsRecord } from '../retrainRun.entity';
import type { OutOfFold } from '../run.ports';
import type { LabelledSet } from '../run/runSnapshot';

interface Measured {
  /** Share of rows whose most likely class is right, 0 to 1; null without rows. */
  accuracy: number | null;
  /** Mean cross-entropy in nats over rows whose class the judge knew; null without such rows. */
  loss: number | null;
}

/** Below this a probability in float32 says no more than that it is small. */
const minProbability = 1e-12;

/** What a run tells of its accuracy: on the labels it learnt from, and on those of each split by judges that never saw them. */
export function accuracyOf(
  fitted: Pick<FittedHead, 'loss' | 'trainAccuracy'>,
  { splits }: Pick<LabelledSet, 'splits'>,
  outOfFold: OutOfFold | undefined,
): Omit<RunMetricsRecord, 'rescoredCount' | 'phaseSeconds' | 'l2'> {
  const rowsIn = (split: Split) => splits.flatMap((of, row) => (of === split ? [row] : []));
  const [validation, test] = [rowsIn(Split.VALIDATION), rowsIn(Split.TEST)];
  const onValidation = measure(outOfFold, validation);
  const onTest = measure(outOfFold, test);
  return {
    trainLoss: fitted.loss,
    trainAccuracy: fitted.trainAccuracy,
    trainCount: splits.length,
    validationLoss: onValidation.loss,
    validationAccuracy: onValidation.accuracy,
    validationCount: validation.length,
    testLoss: onTest.loss,
    testAccuracy: onTest.accuracy,
    testCount: test.length,
  };
}

function measure(outOfFold: OutOfFold | undefined, rows: readonly number[]): Measured {
  if (!outOfFold || rows.length === 0) return { accuracy: null, loss: null };
  const { probabilities, predicted, labels, known, classIds } = outOfFold;
  let right = 0;
  let loss = 0;
  let told = 0;
  for (const row of rows) {
    const label = labels[row]!;
    if (predicted[row] === label) right++;
    if (!known[row]) continue;
    told++;
    loss -= Math.log(Math.max(probabilities[row * classIds.length + label]!, minProbability));
  }
  return { accuracy: right / rows.length, loss: told > 0 ? loss / told : null };
}
