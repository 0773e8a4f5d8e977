/**
 * The preprocessing that a backbone needs: channel c of the input is the byte of colour `order[c]`
 * times `scale[c]` plus `offset[c]`.
 */
export interface Preprocessing {
  /** Name in files and for people. */
  name: PreprocessingName;
  /** The colour of each channel: red (0), green (1) or blue (2). */
  order: readonly [number, number, number];
  scale: readonly [number, number, number];
  offset: readonly [number, number, number];
}

export type PreprocessingName = 'signedUnit' | 'unit' | 'caffe' | 'torch';

const rgb = [0, 1, 2] as const;
const bgr = [2, 1, 0] as const;
const all = (value: number) => [value, value, value] as const;

/**
 * Mean and standard deviation of ImageNet's colours in [0, 1], red first, as PyTorch's models use
 * them.
 */
const mean = [0.485, 0.456, 0.406] as const;
const deviation = [0.229, 0.224, 0.225] as const;

/** x / 127.5 - 1: bytes to [-1, 1], as for MobileNet and Inception. */
export const signedUnit: Preprocessing = {
  name: 'signedUnit',
  order: rgb,
  scale: all(1 / 127.5),
  offset: all(-1),
};

/** Every preprocessing that a file can name. */
export const preprocessings: Readonly<Record<PreprocessingName, Preprocessing>> = {
  signedUnit,
  /** x / 255: bytes to [0, 1]. */
  unit: { name: 'unit', order: rgb, scale: all(1 / 255), offset: all(0) },
  /** Blue, green and red minus their means over ImageNet, not scaled: Keras's ResNet50. */
  caffe: { name: 'caffe', order: bgr, scale: all(1), offset: [-103.939, -116.779, -123.68] },
  /** [0, 1], then ImageNet's mean and standard deviation: networks trained in PyTorch. */
  torch: {
    name: 'torch',
    order: rgb,
    scale: [1 / 255 / deviation[0], 1 / 255 / deviation[1], 1 / 255 / deviation[2]],
    offset: [-mean[0] / deviation[0], -mean[1] / deviation[1], -mean[2] / deviation[2]],
  },
};

/** Whether a text names a preprocessing. */
export const isPreprocessing = (name: string): name is PreprocessingName =>
  Object.hasOwn(preprocessings, name);

/**
 * Writes preprocessed pixels into a batch buffer, starting at `at`.
 *
 * @param pixels red, green and blue of each pixel, as `decodePixels` returns them
 */
export function preprocess(
  pixels: Uint8Array,
  { order, scale, offset }: Preprocessing,
  out: Float32Array,
  at: number,
): void {
  const [from0, from1, from2] = order;
  const [scale0, scale1, scale2] = scale;
  const [offset0, offset1, offset2] = offset;
  for (let i = 0; i < pixels.length; i += 3) {
    out[at + i] = pixels[i + from0]! * scale0 + offset0;
    out[at + i + 1] = pixels[i + from1]! * scale1 + offset1;
    out[at + i + 2] = pixels[i + from2]! * scale2 + offset2;
  }
}
