import {
  choosePenalty,
  crossValidate,
  softmaxRows,
  type CrossValidation,
  type CrossValidationInput,
  type Penalty,
} from '../../../../models/training';
import { fitSampleTemperature } from '../../../../models/metrics';
import type { OutOfFold } from '../run.ports';
import { FoldHeadCache } from './foldHeadCache';
import type { HeadFitInput } from './headRun';

export interface CrossValidationResult {
  /** What the head's logits are divided by for calibrated confidences. */
  temperature: number;
  /** Undefined while labels are too few to hold some of them out. */
  outOfFold: OutOfFold | undefined;
}

/**
 * Predicts every label by a head that was not trained on it. The heads of the folds stay in memory, so the dataset's
 * next run on this worker refits only one of them.
 */
export class CrossValidator {
  private readonly cache = new FoldHeadCache();

  /** Evaluates heads with the run's own penalty. */
  async validate(input: HeadFitInput): Promise<CrossValidationResult> {
    const { matrix, progress, snapshot, penalty } = input;
    const { classIds } = snapshot;
    const { dimensions } = matrix;
    const validation = await crossValidate({
      ...(await this.inputOf(input)),
      l2: penalty?.l2,
      // People wait for the run, and four older heads evaluate nearly as well as new ones.
      renew: 'oldest',
    }).catch((error: unknown) => {
      progress.check();
      throw error;
    });
    if (!validation) return { temperature: 1, outOfFold: undefined };
    this.cache.save(cacheKey(input), { classIds, dimensions, heads: validation.heads });
    return calibrate(input, validation);
  }

  /** Chooses the penalty for later runs, as `choosePenalty` does. */
  async choosePenalty(input: HeadFitInput): Promise<Penalty | undefined> {
    return choosePenalty({ ...(await this.inputOf(input)), chosen: input.penalty });
  }

  /** A run's labels as rows to cross-validate, with pseudo-labels as for the head that is published. */
  private async inputOf(input: HeadFitInput): Promise<CrossValidationInput> {
    const { dataset, matrix, progress, snapshot, pseudoLabeller } = input;
    const { dimensions } = matrix;
    const { ordinals, labels } = snapshot.labelled;
    const { classIds } = snapshot;
    const classes = classIds.length;
    return {
      features: await matrix.rows(ordinals),
      rows: ordinals.length,
      dimensions,
      labels,
      classes,
      keys: ordinals,
      seed: dataset.splitSeed,
      pseudoLabels: (rows) =>
        pseudoLabeller.label(
          {
            ordinals: Int32Array.from(rows, (row) => ordinals[row]!),
            labels: Int32Array.from(rows, (row) => labels[row]!),
          },
          classes,
        ),
      warmStarts: this.cache.warmStarts(cacheKey(input), { classIds, dimensions }),
      signal: progress.stop.signal,
    };
  }
}

const cacheKey = ({ dataset, backboneId }: HeadFitInput) => `${dataset.id} ${backboneId}`;

/** Fits the temperature on the random sample and applies it to the out-of-fold logits. */
function calibrate(
  { snapshot: { classIds, labelled } }: HeadFitInput,
  { logits, known }: CrossValidation,
): CrossValidationResult {
  const classes = classIds.length;
  const { temperature } = fitSampleTemperature(
    {
      logits,
      rows: labelled.ordinals.length,
      classes,
      // A head that never saw the class of a row says nothing about the published head.
      labels: labelled.labels.map((label, row) => (known[row] ? label : -1)),
    },
    labelled.sampled,
  );
  const probabilities = softmaxRows(logits, classes, temperature);
  const predicted = largestColumns(probabilities, classes);
  return {
    temperature,
    outOfFold: { ...labelled, classIds, known, logits, probabilities, predicted, temperature },
  };
}

function largestColumns(values: Float32Array, columns: number): Int32Array {
  return Int32Array.from({ length: values.length / columns }, (_, row) => {
    let largest = 0;
    for (let k = 1; k < columns; k++)
      if (values[row * columns + k]! > values[row * columns + largest]!) largest = k;
    return largest;
  });
}
