import { crossFit, type FoldHead } from '../../../models/training/crossFit';
import { softmaxRows } from '../../../models/training/logits';
import { fitSampleTemperature } from '../../../models/metrics/temperature';
import type { Dataset } from '../datasets/dataset.entity';
import type { FeatureMatrix } from '../embeddings/featureCache';
import type { Lending } from './lending';
import { adaptHead } from './modelStore';
import type { OutOfFold } from './run.ports';
import type { RunProgress } from './runProgress';
import type { RunSnapshot } from './runSnapshot';

/** Datasets whose folds' heads are kept for their next run; a worker rarely serves more at a time. */
const mostKept = 4;

interface Kept {
  classIds: readonly string[];
  dimensions: number;
  heads: FoldHead[];
}

export interface Judgement {
  /** What the head's logits are divided by for calibrated confidences. */
  temperature: number;
  /** Undefined while labels are too few to hold some of them out. */
  outOfFold: OutOfFold | undefined;
}

/**
 * Lets heads judge the labels that they never saw. The folds' heads stay in memory for the dataset's next run,
 * which renews one of them; a worker that does not have them begins afresh.
 */
export class Judge {
  private readonly kept = new Map<string, Kept>();

  async judge(
    work: { dataset: Dataset; backboneId: string; matrix: FeatureMatrix; progress: RunProgress },
    { classIds, labelled: rows }: RunSnapshot,
    lending: Lending,
  ): Promise<Judgement> {
    const { dataset, matrix, progress } = work;
    const count = rows.ordinals.length;
    const key = `${dataset.id} ${work.backboneId}`;
    const found = await crossFit({
      features: await matrix.rows(rows.ordinals),
      rows: count,
      dimensions: matrix.dimensions,
      labels: rows.labels,
      classes: classIds.length,
      keys: rows.ordinals,
      seed: dataset.splitSeed,
      lend: (kept) =>
        lending.lend(
          {
            ordinals: Int32Array.from(kept, (row) => rows.ordinals[row]!),
            labels: Int32Array.from(kept, (row) => rows.labels[row]!),
          },
          classIds.length,
        ),
      // One of five anew each run: people wait for it, and the others judge nearly as well.
      renew: 'oldest',
      warmStarts: this.startsFor(key, classIds, matrix.dimensions),
      signal: progress.stop.signal,
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

  private startsFor(
    key: string,
    classIds: readonly string[],
    dimensions: number,
  ): FoldHead[] | undefined {
    const kept = this.kept.get(key);
    if (!kept || kept.dimensions !== dimensions) return undefined;
    const isSame =
      kept.classIds.length === classIds.length &&
      kept.classIds.every((id, column) => id === classIds[column]);
    if (isSame) return kept.heads;
    return kept.heads.map((head) => ({
      ...head,
      ...adaptHead(head, dimensions, kept.classIds, classIds),
      curvature: [],
      seen: head.seen
        .map((column) => classIds.indexOf(kept.classIds[column] ?? ''))
        .filter((column) => column >= 0),
    }));
  }

  private keep(key: string, kept: Kept): void {
    this.kept.delete(key);
    this.kept.set(key, kept);
    const [oldest] = this.kept.keys();
    if (this.kept.size > mostKept && oldest) this.kept.delete(oldest);
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
