import type { Graph } from './graph';

/** What the labels of a row's neighbourhood say of it. */
export interface Propagated {
  /** The class with most of the row's mass; -1 where no label reaches. */
  classIndex: Int32Array;
  /** The first class's share of the mass minus the second's, 0 to 1. */
  margin: Float32Array;
}

export interface PropagateInput {
  graph: Graph;
  /** Rows that have a label, and the class of each. */
  labelled: Int32Array;
  labels: Int32Array;
  classes: number;
}

/** How much of a row's mass comes from its neighbours, and steps: 0.5⁴ of the mass goes further. */
const alpha = 0.5;
const steps = 4;

/** D^-½ W D^-½ without the edges from rows to themselves. */
function normalised({ rows, starts, ids, weights }: Graph): Float32Array {
  const degrees = new Float64Array(rows);
  for (let row = 0; row < rows; row++)
    for (let at = starts[row]!; at < starts[row + 1]!; at++)
      if (ids[at] !== row) degrees[row]! += weights[at]!;
  const roots = degrees.map((degree) => (degree > 0 ? 1 / Math.sqrt(degree) : 0));
  const out = new Float32Array(weights.length);
  for (let row = 0; row < rows; row++)
    for (let at = starts[row]!; at < starts[row + 1]!; at++)
      if (ids[at] !== row) out[at] = weights[at]! * roots[row]! * roots[ids[at]!]!;
  return out;
}

function seeds({ labelled, labels, classes, graph }: PropagateInput): Float32Array {
  const counts = new Float64Array(classes);
  for (const label of labels) counts[label]!++;
  const out = new Float32Array(graph.rows * classes);
  // A class with many labels sends more in all, but each of its labels less.
  labelled.forEach((row, at) => {
    out[row * classes + labels[at]!] = 1 / Math.sqrt(counts[labels[at]!]!);
  });
  return out;
}

function summarise(mass: Float32Array, rows: number, classes: number): Propagated {
  const out = { classIndex: new Int32Array(rows).fill(-1), margin: new Float32Array(rows) };
  for (let row = 0; row < rows; row++) {
    let [total, best, second, bestClass] = [0, 0, 0, -1];
    for (let k = 0, at = row * classes; k < classes; k++, at++) {
      const value = mass[at]!;
      total += value;
      if (value > best) [second, best, bestClass] = [best, value, k];
      else if (value > second) second = value;
    }
    if (!(total > 0)) continue;
    out.classIndex[row] = bestClass;
    out.margin[row] = (best - second) / total;
  }
  return out;
}

/**
 * Label propagation (Zhou et al. 2004, "Learning with local and global consistency"):
 * F ← α·S·F + (1 - α)·Y on the normalised graph S. A small α keeps labels near: at 0.9 and above
 * frequent classes flood their surroundings.
 */
export function propagateLabels(input: PropagateInput): Propagated {
  const { graph, classes } = input;
  const { rows, starts, ids } = graph;
  const weights = normalised(graph);
  const given = seeds(input);
  let mass = given.slice();
  // Classes in the inner loop; rows that nothing has reached yet are passed over.
  let reached = new Uint8Array(rows);
  for (const row of input.labelled) reached[row] = 1;
  for (let step = 0; step < steps; step++) {
    const next = given.map((value) => (1 - alpha) * value);
    const nowReached = reached.slice();
    for (let row = 0; row < rows; row++) {
      const to = row * classes;
      for (let at = starts[row]!; at < starts[row + 1]!; at++) {
        const weight = alpha * weights[at]!;
        if (!reached[ids[at]!] || weight === 0) continue;
        nowReached[row] = 1;
        const from = ids[at]! * classes;
        for (let k = 0; k < classes; k++) next[to + k]! += weight * mass[from + k]!;
      }
    }
    mass = next;
    reached = nowReached;
  }
  return summarise(mass, rows, classes);
}
