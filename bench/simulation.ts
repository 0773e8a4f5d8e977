import {
  orderQueue,
  Pool,
  type AcquisitionState,
  type Strategy,
  strategies,
} from '../models/acquisition';
import { seededRandom, shuffle } from '../models/numeric';
import {
  type FittedHead,
  choosePenalty,
  type Penalty,
  fitWithPseudoLabels,
  poolRows,
  createScorer,
  type Scores,
} from '../models/training';
import type { SimulatedAnnotator } from './annotators';
import type { Material } from './material';
import { splitRows, takeRows } from './split';

/** The head's accuracy on the test rows after a number of labels, and the classes seen so far. */
export interface Point {
  labels: number;
  classesSeen: number;
  /** Share of test rows that are predicted correctly. */
  micro: number;
  /** Mean over classes of that share. */
  perClass: number;
  /** 1 for each test row that is predicted correctly. */
  right: Uint8Array;
}

/** One material divided for one seed: the pool in its fixed random order, and the test rows. */
export interface Trial {
  seed: number;
  classes: number;
  dimensions: number;
  /** Row r of the pool is row `rows[r]` of the material. */
  rows: Int32Array;
  pool: Pool;
  read: (rows: Int32Array) => Float32Array;
  truth: Int32Array;
  features: Float32Array;
  test: { features: Float32Array; labels: Int32Array };
}

/**
 * The product's strategy is the front of the queue, random share included. Others go by their
 * names.
 */
export const strategyNames = [...Object.keys(strategies), 'default'];

function strategyOf(name: string): Strategy {
  if (name !== 'default') return strategies[name as keyof typeof strategies];
  return async (state, count) => (await orderQueue(state, count)).order.subarray(0, count);
}

/** Test rows are not in the pool: no graph, sketch or fit uses them. */
export function openTrial(material: Material, seed: number): Trial {
  const { labels, classes, dimensions } = material;
  const { pool: rows, test } = splitRows(material, seed);
  const order = shuffle(rows.slice(), seededRandom(`pool ${seed}`));
  const features = takeRows(material, order);
  const own = { ...material, features };
  return {
    seed,
    classes,
    dimensions,
    features,
    rows: order,
    pool: new Pool(order.length, dimensions, () => features),
    read: (wanted) => takeRows(own, wanted),
    truth: order.map((row) => labels[row]!),
    test: { features: takeRows(material, test), labels: test.map((row) => labels[row]!) },
  };
}

/**
 * Lists the numbers of labels after each run: steps of 20 up to 100, as the product retrains, and
 * then steps of a tenth, because a simulation of every run would take hours.
 */
export function schedule(budget: number, batch: number): number[] {
  const points: number[] = [];
  for (let labels = 0; labels < budget;) {
    labels += Math.max(batch, labels >= 5 * batch ? Math.floor(labels / 10) : 0);
    points.push(Math.min(labels, budget));
  }
  return points;
}

function measure({ test, classes }: Trial, { classIndex }: Pick<Scores, 'classIndex'>) {
  const right = Uint8Array.from(test.labels, (label, at) => (classIndex[at] === label ? 1 : 0));
  const [hits, counts] = [new Float64Array(classes), new Float64Array(classes)];
  test.labels.forEach((label, at) => {
    counts[label]!++;
    hits[label]! += right[at]!;
  });
  const shares = [...counts.keys()].flatMap((k) => (counts[k]! > 0 ? [hits[k]! / counts[k]!] : []));
  const mean = (values: ArrayLike<number>) =>
    Array.from(values).reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  return { right, micro: mean(right), perClass: mean(shares) };
}

/** A head's predictions for the pool and for the test rows. */
async function score(trial: Trial, head: FittedHead) {
  const { dimensions, classes, features, pool, test } = trial;
  const scorer = await createScorer({ head, dimensions, classes });
  try {
    const scores = await scorer.score(features, pool.rows);
    return { scores, tested: await scorer.score(test.features, test.labels.length) };
  } finally {
    await scorer.dispose();
  }
}

export interface SimulationOptions {
  points: readonly number[];
  /** People who answer in turn, image by image. Without anybody, every answer is correct. */
  people: readonly SimulatedAnnotator[];
}

/**
 * Before two classes are known there is no head, and everything is predicted as the first class.
 */
function onlyClass({ test }: Trial, label: number) {
  return { classIndex: new Int32Array(test.labels.length).fill(label) };
}

/** Labels the pool in the order of a strategy and fits the product's head after each batch. */
export async function simulate(
  trial: Trial,
  name: string,
  { points, people }: SimulationOptions,
): Promise<Point[]> {
  const { pool, read, classes, dimensions, seed } = trial;
  const choose = strategyOf(name);
  const given = new Map<number, number>();
  const curve: Point[] = [];
  let head: FittedHead | undefined;
  let scores: Scores | undefined;
  let penalty: Penalty | undefined;
  for (const upTo of points) {
    const candidates = Int32Array.from({ length: pool.rows }, (_, row) => row).filter(
      (row) => !given.has(row),
    );
    const known = () => ({
      labelled: Int32Array.from(given.keys()),
      labels: Int32Array.from(given.values()),
    });
    const state: AcquisitionState = {
      ...{ pool, read, classes, candidates, seed },
      ...known(),
      ...{ scores, head },
    };
    for (const row of await choose(state, upTo - given.size))
      given.set(
        row,
        people[given.size % people.length]?.answer(trial.rows[row]!) ?? trial.truth[row]!,
      );
    const { labelled, labels } = known();
    const classesSeen = new Set(labels).size;
    const place = { labels: labelled.length, classesSeen };
    if (classesSeen < 2) {
      curve.push({ ...place, ...measure(trial, onlyClass(trial, labels[0] ?? 0)) });
      continue;
    }
    const shape = { pool, read, classes, dimensions };
    const told = { ...shape, labelled, labels };
    head = await fitWithPseudoLabels({ ...told, l2: penalty?.l2, warmStart: head });
    const validationInput = { ...(await poolRows(told)), seed: `judge ${seed}` };
    penalty = await choosePenalty({ ...validationInput, chosen: penalty });
    const scored = await score(trial, head);
    scores = scored.scores;
    curve.push({ ...place, ...measure(trial, scored.tested) });
  }
  return curve;
}
