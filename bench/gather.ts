import { orderQueue } from '../models/acquisition';
import {
  crossValidate,
  type CrossValidation,
  type FittedHead,
  choosePenalty,
  type Penalty,
  fitWithPseudoLabels,
  poolRows,
  createScorer,
  type Scores,
} from '../models/training';
import type { Material } from './material';
import { openTrial, type Trial } from './simulation';

const batch = 100;

/** The state of a simulated project at one moment. Rows are rows of the trial's pool. */
export interface Gathered {
  trial: Trial;
  labelled: Int32Array;
  /** Number of leading rows of the pool that are all labelled. They are a simple random sample. */
  prefix: number;
  /** Rows without a label. */
  remaining: Int32Array;
  /** The head that a retrain run publishes. It learns from every label and from pseudo-labels. */
  head: FittedHead;
  /** Out-of-fold predictions of the labels, with no more fits than a run makes. */
  outOfFold: CrossValidation;
}

const threads = 2;

async function scorePool({ features, pool, dimensions, classes }: Trial, head: FittedHead) {
  const scorer = await createScorer({ head, dimensions, classes });
  try {
    return await scorer.score(features, pool.rows);
  } finally {
    await scorer.dispose();
  }
}

/**
 * Labels the pool batch by batch with the default acquisition and fits after each batch as a
 * retrain run does. Stops at each of the given numbers of labels.
 *
 * @param material with normalised features
 */
export async function* gatherLabels(
  material: Material,
  seed: number,
  stops: readonly number[],
): AsyncGenerator<Gathered> {
  const trial = openTrial(material, seed);
  const { pool, read, classes, dimensions, truth } = trial;
  const known = new Set<number>();
  const open = () => Int32Array.from(truth.keys()).filter((row) => !known.has(row));
  let head: FittedHead | undefined;
  let scores: Scores | undefined;
  let outOfFold: CrossValidation | undefined;
  let penalty: Penalty | undefined;
  for (const stop of stops) {
    while (known.size < stop) {
      const shape = { pool, read, classes, dimensions };
      const sofar = Int32Array.from(known);
      const { order } = await orderQueue(
        {
          ...shape,
          candidates: open(),
          labelled: sofar,
          labels: sofar.map((row) => truth[row]!),
          seed,
          scores,
        },
        batch,
      );
      for (const row of order.subarray(0, Math.min(batch, stop - known.size))) known.add(row);
      const labelled = Int32Array.from(known);
      const labels = labelled.map((row) => truth[row]!);
      const l2 = penalty?.l2;
      head = await fitWithPseudoLabels({ ...shape, labelled, labels, l2, warmStart: head });
      const validationInput = {
        ...(await poolRows({ pool, read, classes, labelled, labels })),
        ...{ seed: `judge ${seed}`, threads },
      };
      // Refits one fold's head, as a run does.
      const warmStarts = outOfFold?.heads;
      outOfFold = await crossValidate({ ...validationInput, l2, warmStarts, renew: 'oldest' });
      penalty = await choosePenalty({ ...validationInput, chosen: penalty });
      scores = await scorePool(trial, head);
    }
    const remaining = open();
    const labelled = Int32Array.from(known);
    const prefix = remaining[0] ?? pool.rows;
    if (head && outOfFold) yield { trial, labelled, prefix, remaining, head, outOfFold };
  }
}
