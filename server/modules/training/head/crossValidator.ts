import {
  crossValidate,
  type CrossValidationInput,
  type FoldHead,
  softmaxRows,
  choosePenalty,
  type Penalty,
} from '../../../../models/training';
import { fitSampleTemperature } from '../../../../models/metrics';
import type { Dataset } from '../../datasets/dataset.entity';
import type { FeatureMatrix } from '../../embeddings/featureCache';
import type { PseudoLabeller } from './pseudoLabeller';
import { adaptHead } from './modelStore';
import type { OutOfFold } from '../run.ports';
import type { RunProgress } from '../run/runProgress';
import type { RunSnapshot } from '../run/runSnapshot';

/** Datasets whose folds' heads are kept for their next run; a worker rarely serves more at a time. */
const maxCachedDatasets = 4;

interface CachedFolds {
  classIds: readonly string[];
  dimensions: number;
  heads: FoldHead[];
}

export interface CrossValidationWork {
  dataset: Dataset;
  backboneId: string;
  matrix: FeatureMatrix;
  progress: RunProgress;
}

export interface CrossValidationResult {
  /** What the head's logits are divided by for calibrated confidences. */
  temperature: number;
  /** Undefined while labels are too few to hold some of them out. */
  outOfFold: OutOfFold | undefined;
}

/**
 * Lets heads judge the labels that they never saw. The folds' heads stay in memory for the dataset's next run,
 * which renews one of them; a worker that does not have them begins afresh.
 */
export class CrossValidator {
  private readonly cached = new Map<string, CachedFolds>();

  /** @param l2 the penalty of the head that is judged */
  async validate(
    work: CrossValidationWork,
    snapshot: RunSnapshot,
    pseudoLabeller: PseudoLabeller,
    l2: number | undefined,
  ): Promise<CrossValidationResult> {
    const { dataset, matrix, progress } = work;
    const { classIds, labelled: rows } = snapshot;
    const count = rows.ordinals.length;
    const key = `${dataset.id} ${work.backboneId}`;
    const found = await crossValidate({
      ...(await labelsOf(work, snapshot, pseudoLabeller)),
      l2,
      // One of five anew each run: people wait for it, and the others judge nearly as well.
      renew: 'oldest',
      warmStarts: this.startsFor(key, classIds, matrix.dimensions),
    }).catch((error: unknown) => {
      progress.check();
      throw error;
    });
    if (!found) return { temperature: 1, outOfFold: undefined };
    this.keep(key, { classIds, dimensions: matrix.dimensions, heads: found.heads });
    const { temperature } = fitSampleTemperature(
      {
        logits: found.logits,
        rows: count,
        classes: classIds.length,
        // A head that could not have named the class says nothing of the published one.
        labels: rows.labels.map((label, row) => (found.known[row] ? label : -1)),
      },
      rows.sampled,
    );
    const probabilities = softmaxRows(found.logits, classIds.length, temperature);
    const predicted = largestColumns(probabilities, classIds.length);
    const { known, logits } = found;
    return {
      temperature,
      outOfFold: { ...rows, classIds, known, logits, probabilities, predicted, temperature },
    };
  }

  /** The penalty for runs to come, as `choosePenalty`. */
  async choosePenalty(
    work: CrossValidationWork,
    snapshot: RunSnapshot,
    pseudoLabeller: PseudoLabeller,
    chosen: Penalty | undefined,
  ): Promise<Penalty | undefined> {
    const key = `${work.dataset.id} ${work.backboneId}`;
    return choosePenalty({
      ...(await labelsOf(work, snapshot, pseudoLabeller)),
      warmStarts: this.startsFor(key, snapshot.classIds, work.matrix.dimensions),
      chosen,
    });
  }

  private startsFor(
    key: string,
    classIds: readonly string[],
    dimensions: number,
  ): FoldHead[] | undefined {
    const cached = this.cached.get(key);
    if (!cached || cached.dimensions !== dimensions) return undefined;
    const isSame =
      cached.classIds.length === classIds.length &&
      cached.classIds.every((id, column) => id === classIds[column]);
    if (isSame) return cached.heads;
    return cached.heads.map((head) => ({
      ...head,
      ...adaptHead(head, dimensions, cached.classIds, classIds),
      curvature: [],
      seen: head.seen
        .map((column) => classIds.indexOf(cached.classIds[column] ?? ''))
        .filter((column) => column >= 0),
    }));
  }

  private keep(key: string, cached: CachedFolds): void {
    this.cached.delete(key);
    this.cached.set(key, cached);
    const [oldest] = this.cached.keys();
    if (this.cached.size > maxCachedDatasets && oldest) this.cached.delete(oldest);
  }
}

function largestColumns(values: Float32Array, columns: number): Int32Array {
  return Int32Array.from({ length: values.length / columns }, (_, row) => {
    let best = 0;
    for (let k = 1; k < columns; k++)
      if (values[row * columns + k]! > values[row * columns + best]!) best = k;
    return best;
  });
}

/** A run's labels as rows to cross-fit, whose heads borrow as the run's own does. */
async function labelsOf(
  { dataset, matrix, progress }: CrossValidationWork,
  { classIds, labelled: { ordinals, labels } }: RunSnapshot,
  pseudoLabeller: PseudoLabeller,
): Promise<CrossValidationInput> {
  const classes = classIds.length;
  return {
    features: await matrix.rows(ordinals),
    rows: ordinals.length,
    dimensions: matrix.dimensions,
    labels,
    classes,
    keys: ordinals,
    seed: dataset.splitSeed,
    pseudoLabels: (cached) =>
      pseudoLabeller.label(
        {
          ordinals: Int32Array.from(cached, (row) => ordinals[row]!),
          labels: Int32Array.from(cached, (row) => labels[row]!),
        },
        classes,
      ),
    signal: progress.stop.signal,
  };
}
