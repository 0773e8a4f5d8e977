import { InferenceSession, Tensor } from 'onnxruntime-node';
import { throwIfAborted } from '../errors';
import { writeOnnxModel, type Graph } from '../onnx/model';

/** The range of a value over the calibration images. */
export interface ValueRange {
  min: number;
  max: number;
}

/** Decoded images: size × size × 3 bytes each. */
export type CalibrationImages = readonly Uint8Array[];

const bins = 2_048;
const levels = 255;

interface Histogram extends ValueRange {
  counts: Float64Array;
}

/** Returns the graph with the named values, each with four axes, as its only outputs. */
function exposing(graph: Graph, values: readonly string[]): Uint8Array {
  const shape = ['', '', '', ''];
  const outputs = values.map((name) => ({ name, type: 'float32' as const, shape }));
  return writeOnnxModel({ ...graph, outputs });
}

async function eachValue(
  session: InferenceSession,
  { inputs }: Graph,
  images: CalibrationImages,
  visit: (name: string, data: Float32Array) => void,
  signal?: AbortSignal,
): Promise<void> {
  const [input] = inputs;
  if (!input) throw new RangeError('The graph has no input');
  const shape = input.shape.map((size) => (typeof size === 'number' ? size : 1));
  for (const image of images) {
    throwIfAborted(signal);
    const results = await session.run({ [input.name]: new Tensor('uint8', image, shape) });
    for (const [name, { data }] of Object.entries(results))
      if (data instanceof Float32Array) visit(name, data);
  }
}

function widen(range: ValueRange, data: Float32Array): void {
  let { min, max } = range;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  range.min = min;
  range.max = max;
}

function count({ min, max, counts }: Histogram, data: Float32Array): void {
  const scale = max > min ? bins / (max - min) : 0;
  for (let i = 0; i < data.length; i++)
    counts[Math.min(bins - 1, Math.trunc((data[i]! - min) * scale))]!++;
}

/** Mean squared error of 8 bits over [low, high]: rounding inside, clipping outside. */
function squaredError({ min, max, counts }: Histogram, low: number, high: number): number {
  const width = (max - min) / bins;
  const rounding = ((high - low) / levels) ** 2 / 12;
  let error = 0;
  for (let bin = 0; bin < bins; bin++) {
    const value = min + (bin + 0.5) * width;
    const beyond = value < low ? low - value : value > high ? value - high : 0;
    error += counts[bin]! * (beyond > 0 ? beyond * beyond : rounding);
  }
  return error;
}

/** Shrinks a range from both ends while its squared error falls. Zero stays inside. */
function shrink(histogram: Histogram): ValueRange {
  let best = { min: Math.min(0, histogram.min), max: Math.max(0, histogram.max) };
  let least = squaredError(histogram, best.min, best.max);
  for (const end of ['max', 'min'] as const) {
    const whole = best[end];
    for (let share = 0.98; share > 0.3; share -= 0.02) {
      const tried = { ...best, [end]: whole * share };
      const error = squaredError(histogram, tried.min, tried.max);
      if (error < least) [best, least] = [tried, error];
    }
  }
  return best;
}

/**
 * Measures the values of a graph on images, and chooses for each value the range with the least
 * squared error in 8 bits (rounding inside, clipping outside, from a histogram).
 *
 * @param graph in float, its one input the bytes [N, S, S, 3]
 * @returns a range that contains zero, by value
 */
export async function calibrate(
  graph: Graph,
  values: Iterable<string>,
  images: CalibrationImages,
  signal?: AbortSignal,
): Promise<Map<string, ValueRange>> {
  const names = [...values];
  const session = await InferenceSession.create(exposing(graph, names), { logSeverityLevel: 3 });
  try {
    const seen = new Map(
      names.map((name): [string, Histogram] => [
        name,
        { min: Infinity, max: -Infinity, counts: new Float64Array(bins) },
      ]),
    );
    await eachValue(session, graph, images, (name, data) => widen(seen.get(name)!, data), signal);
    await eachValue(session, graph, images, (name, data) => count(seen.get(name)!, data), signal);
    return new Map(names.map((name) => [name, shrink(seen.get(name)!)]));
  } finally {
    await session.release();
  }
}
