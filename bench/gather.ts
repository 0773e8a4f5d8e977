import { Pool } from '../models/acquisition/pool';
import { orderQueue } from '../models/acquisition/queue';
import { seededRandom, shuffle } from '../models/numeric/random';
import { fitHead, type Head } from '../models/training/head';
import { createScorer, type Scores } from '../models/training/score';
import type { Material } from './material';
import { splitRows, takeRows } from './split';

const batch = 100;

/** What is known at one moment of a simulated project. */
export interface Gathered {
  labelled: Int32Array;
  /** Labelled rows that begin the random order of the pool: a simple random sample. */
  prefix: Int32Array;
  /** Unlabelled rows of the pool. */
  remaining: Int32Array;
  test: Int32Array;
  head: Head;
}

/** The head that a retrain run publishes: it learns from every label. */
export function fitOn(material: Material, rows: Int32Array, warmStart?: Head) {
  return fitHead({
    features: takeRows(material, rows),
    rows: rows.length,
    dimensions: material.dimensions,
    labels: rows.map((row) => material.labels[row]!),
    classes: material.classes,
    warmStart,
  });
}

/** Logits of rows by a head: rows × classes. */
export function logitsOn(material: Material, rows: Int32Array, { weights, bias }: Head) {
  const { features, dimensions, classes } = material;
  const out = new Float32Array(rows.length * classes);
  const sums = new Float64Array(classes);
  rows.forEach((row, at) => {
    sums.set(bias);
    for (let i = 0; i < dimensions; i++) {
      const value = features[row * dimensions + i]!;
      if (value !== 0)
        for (let k = 0, w = i * classes; k < classes; k++, w++) sums[k]! += value * weights[w]!;
    }
    out.set(sums, at * classes);
  });
  return out;
}

async function scoreAll({ features, rows, dimensions, classes }: Material, head: Head) {
  const scorer = await createScorer({ head, dimensions, classes });
  try {
    return await scorer.score(features, rows);
  } finally {
    await scorer.dispose();
  }
}

/**
 * Labels the pool batch by batch as the default acquisition asks, and stops at each number of
 * labels.
 *
 * @param material with normalised features
 */
export async function* gatherLabels(
  material: Material,
  seed: number,
  stops: readonly number[],
): AsyncGenerator<Gathered> {
  const { test, pool } = splitRows(material, seed);
  const order = shuffle(pool.slice(), seededRandom(`pool ${seed}`));
  const rowOrder = order.map((_, row) => row);
  const read = (rows: Int32Array) =>
    takeRows(
      material,
      rows.map((row) => order[row]!),
    );
  const images = new Pool(order.length, material.dimensions, () => takeRows(material, order));
  const known = new Set<number>();
  let head: Head | undefined;
  let scores: Scores | undefined;
  for (const stop of stops) {
    while (known.size < stop) {
      const candidates = rowOrder.filter((row) => !known.has(order[row]!));
      const labelled = rowOrder.filter((row) => known.has(order[row]!));
      const labels = labelled.map((row) => material.labels[order[row]!]!);
      const margin = scores && Float32Array.from(order, (row) => scores!.margin[row]!);
      const chosen = await orderQueue(
        {
          pool: images,
          read,
          candidates,
          labelled,
          labels,
          classes: material.classes,
          seed,
          scores: margin && { margin },
        },
        batch,
      );
      for (const row of chosen.order.subarray(0, Math.min(batch, stop - known.size)))
        known.add(order[row]!);
      const fitted = await fitOn(material, Int32Array.from(known), head);
      head = fitted;
      scores = await scoreAll(material, head);
    }
    const end = order.findIndex((row) => !known.has(row));
    const remaining = order.filter((row) => !known.has(row));
    const labelled = Int32Array.from(known);
    const prefix = order.slice(0, end < 0 ? order.length : end);
    if (head) yield { labelled, prefix, remaining, test, head };
  }
}
