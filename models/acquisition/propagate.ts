import type { Graph } from './graph';

/** The result of label propagation for every row. */
export interface Propagated {
  /** The class with the largest share of the row's mass; -1 if no label reaches the row. */
  classIndex: Int32Array;
  /** The share of the largest class minus the share of the second, 0 to 1. */
  margin: Float32Array;
}

export interface PropagateInput {
  graph: Graph;
  /** Rows with a label. */
  labelled: Int32Array;
  /** The class of each labelled row. */
  labels: Int32Array;
  classes: number;
}

/** Share of a row's mass that comes from its neighbours. */
const alpha = 0.5;
/** Propagation steps. Further steps would move only 0.5⁴ of the mass. */
const steps = 4;

/** Computes D^-½ W D^-½ without the edges from rows to themselves. */
function normaliseWeights({ rows, starts, ids, weights }: Graph): Float32Array {
  const degrees = new Float64Array(rows);
  for (let row = 0; row < rows; row++)
    for (let edge = starts[row]!; edge < starts[row + 1]!; edge++)
      if (ids[edge] !== row) degrees[row]! += weights[edge]!;
  const roots = degrees.map((degree) => (degree > 0 ? 1 / Math.sqrt(degree) : 0));
  const out = new Float32Array(weights.length);
  for (let row = 0; row < rows; row++)
    for (let edge = starts[row]!; edge < starts[row + 1]!; edge++)
      if (ids[edge] !== row) out[edge] = weights[edge]! * roots[row]! * roots[ids[edge]!]!;
  return out;
}

function initialMass({ labelled, labels, classes, graph }: PropagateInput): Float32Array {
  const counts = new Float64Array(classes);
  for (const label of labels) counts[label]!++;
  const out = new Float32Array(graph.rows * classes);
  // A class with many labels gets more mass in total, but less per label.
  labelled.forEach((row, index) => {
    out[row * classes + labels[index]!] = 1 / Math.sqrt(counts[labels[index]!]!);
  });
  return out;
}

function summarise(mass: Float32Array, rows: number, classes: number): Propagated {
  const out = { classIndex: new Int32Array(rows).fill(-1), margin: new Float32Array(rows) };
  for (let row = 0; row < rows; row++) {
    let [total, best, second, bestClass] = [0, 0, 0, -1];
    for (let k = 0, index = row * classes; k < classes; k++, index++) {
      const value = mass[index]!;
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
 * Propagates labels to similar rows (Zhou et al. 2004, "Learning with local and global
 * consistency"): F ← α·S·F + (1 - α)·Y on the normalised graph S. A small α keeps labels local. At
 * 0.9 and above, frequent classes take over the rows around them.
 */
export function propagateLabels(input: PropagateInput): Propagated {
  const { graph, classes } = input;
  const { rows, starts, ids } = graph;
  const weights = normaliseWeights(graph);
  const initial = initialMass(input);
  let mass = initial.slice();
  // The classes are in the inner loop, and rows without any mass are skipped.
  let reached = new Uint8Array(rows);
  for (const row of input.labelled) reached[row] = 1;
  for (let step = 0; step < steps; step++) {
    const next = initial.map((value) => (1 - alpha) * value);
    const nextReached = reached.slice();
    for (let row = 0; row < rows; row++) {
      const target = row * classes;
      for (let edge = starts[row]!; edge < starts[row + 1]!; edge++) {
        const weight = alpha * weights[edge]!;
        if (!reached[ids[edge]!] || weight === 0) continue;
        nextReached[row] = 1;
        const source = ids[edge]! * classes;
        for (let k = 0; k < classes; k++) next[target + k]! += weight * mass[source + k]!;
      }
    }
    mass = next;
    reached = nextReached;
  }
  return summarise(mass, rows, classes);
}
