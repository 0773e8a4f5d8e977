import { addScaled, dot, scaleInPlace } from '../numeric/vectors';

/** Computes the value at `point` and writes the gradient there into `gradient`. */
export type Objective = (point: Float32Array, gradient: Float32Array) => Promise<number>;

/** The state of the search after an accepted step. */
export interface Progress {
  iteration: number;
  value: number;
  /** Euclidean length of the gradient. */
  gradientNorm: number;
}

export interface MinimiseOptions {
  /** Number of stored curvature pairs, default 10. */
  memory?: number;
  maxIterations: number;
  /** Pairs of an earlier search of a similar function, oldest first. The search modifies them. */
  pairs?: CurvaturePair[] | undefined;
  /** Called at the start (iteration 0) and after each step. True ends the search. */
  onStep: (progress: Progress) => boolean;
}

export interface Minimum {
  point: Float32Array;
  value: number;
  iterations: number;
  /** The newest pairs, for a later search of a similar function. */
  pairs: CurvaturePair[];
}

/** A step, the change of the gradient along it, and their dot product: the curvature. */
export interface CurvaturePair {
  step: Float32Array;
  change: Float32Array;
  curvature: number;
}

interface Iterate {
  point: Float32Array;
  gradient: Float32Array;
  value: number;
}

const sufficientDecrease = 1e-4;
const curvatureShare = 0.9;
const maxSearchSteps = 12;

/**
 * Writes the search direction: the negated two-loop recursion (Nocedal & Wright, Numerical
 * Optimization, algorithm 7.4).
 */
function writeDirection(
  out: Float32Array,
  gradient: Float32Array,
  pairs: readonly CurvaturePair[],
): void {
  out.set(gradient);
  const coefficients = new Float64Array(pairs.length);
  for (let k = pairs.length - 1; k >= 0; k--) {
    const { step, change, curvature } = pairs[k]!;
    coefficients[k] = dot(step, out) / curvature;
    addScaled(out, -coefficients[k]!, change);
  }
  const last = pairs.at(-1);
  if (last) scaleInPlace(out, last.curvature / dot(last.change, last.change));
  pairs.forEach(({ step, change, curvature }, k) => {
    addScaled(out, coefficients[k]! - dot(change, out) / curvature, step);
  });
  scaleInPlace(out, -1);
}

/**
 * Searches along a direction for a step that meets the weak Wolfe conditions, by bisection and
 * tripling (Lewis & Overton 2013, algorithm 2.6). Writes the accepted iterate into `next`. Returns
 * false if rounding leaves nothing to gain along the direction.
 */
async function lineSearch(
  objective: Objective,
  current: Iterate,
  direction: Float32Array,
  firstStep: number,
  next: Iterate,
): Promise<boolean> {
  const slope = dot(direction, current.gradient);
  let low = 0;
  let high = Infinity;
  let step = firstStep;
  for (let trial = 0; trial < maxSearchSteps && slope < 0; trial++) {
    next.point.set(current.point);
    addScaled(next.point, step, direction);
    next.value = await objective(next.point, next.gradient);
    if (!(next.value <= current.value + sufficientDecrease * step * slope)) high = step;
    else if (dot(direction, next.gradient) < curvatureShare * slope) low = step;
    else return true;
    step = high === Infinity ? 3 * step : (low + high) / 2;
  }
  return false;
}

/** Stores the newest pair. Once the memory is full, it reuses the arrays of the oldest pair. */
function storePair(pairs: CurvaturePair[], memory: number, current: Iterate, next: Iterate): void {
  const size = current.point.length;
  const oldest = pairs.length >= memory ? pairs.shift() : undefined;
  const step = oldest?.step ?? new Float32Array(size);
  const change = oldest?.change ?? new Float32Array(size);
  for (let i = 0; i < size; i++) {
    step[i] = next.point[i]! - current.point[i]!;
    change[i] = next.gradient[i]! - current.gradient[i]!;
  }
  const curvature = dot(step, change);
  if (curvature > 1e-12) pairs.push({ step, change, curvature });
}

/**
 * Minimises a smooth function by L-BFGS (Liu & Nocedal 1989). `start` is not modified. The search
 * ends if `onStep` returns true, after `maxIterations`, or if float32 precision leaves nothing to
 * gain. The value never rises from one iteration to the next.
 */
export async function minimise(
  objective: Objective,
  start: Float32Array,
  { memory = 10, maxIterations, pairs = [], onStep }: MinimiseOptions,
): Promise<Minimum> {
  const size = start.length;
  const createIterate = (): Iterate => ({
    point: new Float32Array(size),
    gradient: new Float32Array(size),
    value: 0,
  });
  let current = createIterate();
  let next = createIterate();
  const direction = new Float32Array(size);
  current.point.set(start);
  current.value = await objective(current.point, current.gradient);
  for (let iteration = 0; ; iteration++) {
    const gradientNorm = Math.sqrt(dot(current.gradient, current.gradient));
    const done = onStep({ iteration, value: current.value, gradientNorm }) || gradientNorm === 0;
    if (done || iteration >= maxIterations)
      return { point: current.point, value: current.value, iterations: iteration, pairs };
    const step = async (): Promise<boolean> => {
      writeDirection(direction, current.gradient, pairs);
      // Without curvature, the first step has length 1. Too short costs more trials than too long.
      const firstStep = pairs.length > 0 ? 1 : 1 / gradientNorm;
      return lineSearch(objective, current, direction, firstStep, next);
    };
    let moved = await step();
    if (!moved && iteration < memory && pairs.length > 0) {
      // The pairs may belong to a different function, so the search continues without them.
      pairs.length = 0;
      moved = await step();
    }
    if (!moved) return { point: current.point, value: current.value, iterations: iteration, pairs };
    storePair(pairs, memory, current, next);
    [current, next] = [next, current];
  }
}
