import { logLoss, type FittedHead } from '../../../../models/training';
import { Split } from '../../../../shared/enums';
import type { RunMetricsRecord } from '../retrainRun.entity';
import type { OutOfFold } from '../run.ports';
import type { LabelledSet } from '../run/labelSnapshot';

interface SplitAccuracy {
  /** Share of rows whose most likely class is correct, 0 to 1; null without rows. */
  accuracy: number | null;
  /** Mean cross-entropy in nats over rows whose class the head knew; null without such rows. */
  loss: number | null;
}

/** The accuracy figures of a run. Validation and test rows were predicted by heads that were not trained on them. */
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

function measure(outOfFold: OutOfFold | undefined, rows: readonly number[]): SplitAccuracy {
  if (!outOfFold || rows.length === 0) return { accuracy: null, loss: null };
  const { probabilities, predicted, labels, known, classIds } = outOfFold;
  const correct = rows.filter((row) => predicted[row] === labels[row]).length;
  const knownRows = rows.filter((row) => known[row]);
  const loss = knownRows.reduce(
    (sum, row) => sum + logLoss(probabilities[row * classIds.length + labels[row]!]!),
    0,
  );
  return {
    accuracy: correct / rows.length,
    loss: knownRows.length > 0 ? loss / knownRows.length : null,
  };
}
