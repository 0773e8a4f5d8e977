import { addScaled, dot, scaleInPlace } from '../numeric/vectors';

/** Writes the gradient at `point` into `gradient` and resolves to the value there. */
export type Objective = (point: Float32Array, gradient: Float32Array) => Promise<number>;

/** Where the search stands after an accepted step. */
export interface Progress {
  iteration: number;
  value: number;
  /** Euclidean length of the gradient. */
  gradientNorm: number;
}

export interface MinimiseOptions {
  /** Pairs of steps and gradient changes remembered. */
  memory?: number;
  maxIterations: number;
  /** Pairs of an earlier search of nearly the same function, oldest first; taken over and changed. */
  pairs?: CurvaturePair[] | undefined;
  /** Called at the start (iteration 0) and after each step; true ends the search. */
  onStep: (progress: Progress) => boolean;
}

export interface Minimum {
  point: Float32Array;
  value: number;
  iterations: number;
  /** The newest pairs, for a search of nearly the same function. */
  pairs: CurvaturePair[];
}

/** A step and what it changed the gradient by: what is known of the curvature along it. */
export interface CurvaturePair {
  step: Float32Array;
  change: Float32Array;
  curvature: number;
}

interface Place {
  point: Float32Array;
  gradient: Float32Array;
  value: number;
}

const sufficientDecrease = 1e-4;
const curvatureShare = 0.9;
const maxSearchSteps = 12;

/** Two-loop recursion (Nocedal & Wright, Numerical Optimization, algorithm 7.4), negated. */
function writeDirection(
  out: Float32Array,
  gradient: Float32Array,
  pairs: readonly CurvaturePair[],
): void {
  out.set(gradient);
  const shares = new Float64Array(pairs.length);
  for (let k = pairs.length - 1; k >= 0; k--) {
    const { step, change, curvature } = pairs[k]!;
    shares[k] = dot(step, out) / curvature;
    addScaled(out, -shares[k]!, change);
  }
  const last = pairs.at(-1);
  if (last) scaleInPlace(out, last.curvature / dot(last.change, last.change));
  pairs.forEach(({ step, change, curvature }, k) => {
    addScaled(out, shares[k]! - dot(change, out) / curvature, step);
  });
  scaleInPlace(out, -1);
}

/**
 * Weak Wolfe line search by bisection and doubling (Lewis & Overton 2013, algorithm 2.6). Writes the
 * accepted place into `next`; false when rounding leaves nothing to gain along the direction.
 */
async function search(
  objective: Objective,
  from: Place,
  direction: Float32Array,
  firstStep: number,
  next: Place,
): Promise<boolean> {
  const slope = dot(direction, from.gradient);
  let low = 0;
  let high = Infinity;
  let step = firstStep;
  for (let trial = 0; trial < maxSearchSteps && slope < 0; trial++) {
    next.point.set(from.point);
    addScaled(next.point, step, direction);
    next.value = await objective(next.point, next.gradient);
    if (!(next.value <= from.value + sufficientDecrease * step * slope)) high = step;
    else if (dot(direction, next.gradient) < curvatureShare * slope) low = step;
    else return true;
    step = high === Infinity ? 3 * step : (low + high) / 2;
  }
  return false;
}

/** The newest pair, written into the oldest one's arrays once the memory is full. */
function remember(pairs: CurvaturePair[], memory: number, from: Place, to: Place): void {
  const size = from.point.length;
  const oldest = pairs.length >= memory ? pairs.shift() : undefined;
  const step = oldest?.step ?? new Float32Array(size);
  const change = oldest?.change ?? new Float32Array(size);
  for (let i = 0; i < size; i++) {
    step[i] = to.point[i]! - from.point[i]!;
    change[i] = to.gradient[i]! - from.gradient[i]!;
  }
  const curvature = dot(step, change);
  if (curvature > 1e-12) pairs.push({ step, change, curvature });
}

/**
 * Minimises a smooth function by L-BFGS (Liu & Nocedal 1989) from `start`, which is left as it is.
 * Ends when `onStep` says so, after `maxIterations`, or when float32 leaves nothing to gain; the
 * value never rises from one iteration to the next.
 */
export async function minimise(
  objective: Objective,
  start: Float32Array,
  { memory = 10, maxIterations, pairs = [], onStep }: MinimiseOptions,
): Promise<Minimum> {
  const size = start.length;
  const place = (): Place => ({
    point: new Float32Array(size),
    gradient: new Float32Array(size),
    value: 0,
  });
  let here = place();
  let next = place();
  const direction = new Float32Array(size);
  here.point.set(start);
  here.value = await objective(here.point, here.gradient);
  for (let iteration = 0; ; iteration++) {
    const gradientNorm = Math.sqrt(dot(here.gradient, here.gradient));
    const done = onStep({ iteration, value: here.value, gradientNorm }) || gradientNorm === 0;
    if (done || iteration >= maxIterations)
      return { point: here.point, value: here.value, iterations: iteration, pairs };
    const step = async (): Promise<boolean> => {
      writeDirection(direction, here.gradient, pairs);
      // Without curvature yet, a step of length 1: too short costs several trials, too long two.
      const firstStep = pairs.length > 0 ? 1 : 1 / gradientNorm;
      return search(objective, here, direction, firstStep, next);
    };
    let moved = await step();
    if (!moved && iteration < memory && pairs.length > 0) {
      // Pairs taken over may belong to quite another function: go on without them.
      pairs.length = 0;
      moved = await step();
    }
    if (!moved) return { point: here.point, value: here.value, iterations: iteration, pairs };
    remember(pairs, memory, here, next);
    [here, next] = [next, here];
  }
}
