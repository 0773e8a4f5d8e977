import type { Initializer } from '../onnx/model';

/** Weights in 8 bits: value = scale of its output channel × number. */
export interface QuantisedWeights {
  values: Int8Array;
  /** One per output channel. */
  scales: Float32Array;
}

const largest = 127;

/** Quantises weights to symmetric 8 bits, with one scale per output channel (the first axis). */
export function quantiseWeights({ shape, data }: Initializer): QuantisedWeights {
  const floats = data as Float32Array;
  const channels = shape[0] ?? 1;
  const each = floats.length / channels;
  const values = new Int8Array(floats.length);
  const scales = new Float32Array(channels);
  for (let channel = 0; channel < channels; channel++) {
    const from = channel * each;
    let top = 0;
    for (let i = from; i < from + each; i++) top = Math.max(top, Math.abs(floats[i]!));
    const scale = (scales[channel] = top > 0 ? Math.fround(top / largest) : 1);
    for (let i = from; i < from + each; i++) values[i] = Math.round(floats[i]! / scale);
  }
  return { values, scales };
}

/** Converts a bias to the 32-bit integers in which 8-bit products are summed. */
export function quantiseBias(
  bias: Float32Array,
  inputScale: number,
  scales: Float32Array,
): { values: Int32Array; scales: Float32Array } {
  const products = scales.map((scale) => inputScale * scale);
  const values = Int32Array.from(bias, (value, channel) => Math.round(value / products[channel]!));
  return { values, scales: products };
}
