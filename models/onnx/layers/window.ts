import type { LayerCall } from './trace';
import { configOf, unsupported } from './translation';

/** How convolutions and pooling configure a window that slides over an image. */
export interface WindowConfig {
  strides: readonly number[];
  padding: string;
  dataFormat?: string;
  dilationRate?: number | readonly number[];
}

/** A window in ONNX's terms. */
export interface Window {
  kernel: [number, number];
  strides: [number, number];
  dilations: [number, number];
  /** Rows above, columns left, rows below, columns right. */
  pads: [number, number, number, number];
}

const pair = (value: number | readonly number[] | undefined): [number, number] => {
  if (value === undefined) return [1, 1];
  if (typeof value === 'number') return [value, value];
  return [value[0] ?? 1, value[1] ?? value[0] ?? 1];
};

/**
 * Returns TensorFlow's SAME padding before and after one side: enough for ceil(size / stride)
 * steps, with the odd pixel after (tensorflow.org, tf.nn "Notes on padding").
 */
function samePadding(size: number, kernel: number, stride: number, dilation: number) {
  const reach = (Math.ceil(size / stride) - 1) * stride + (kernel - 1) * dilation + 1;
  const total = Math.max(reach - size, 0);
  const before = Math.floor(total / 2);
  return { before, after: total - before };
}

/** Refuses images with channels first: the export decides the graph's layout. */
export function requireChannelsLast(call: LayerCall): void {
  const { dataFormat } = configOf<{ dataFormat?: string | null }>(call);
  if (dataFormat === 'channelsFirst') throw unsupported(call, 'with channels first');
}

/** @param size height and width of the image under the window */
export function windowOf(
  call: LayerCall,
  size: readonly number[],
  kernelSize: number | readonly number[],
): Window {
  requireChannelsLast(call);
  const config = configOf<WindowConfig>(call);
  const window: Window = {
    kernel: pair(kernelSize),
    strides: pair(config.strides),
    dilations: pair(config.dilationRate),
    pads: [0, 0, 0, 0],
  };
  if (config.padding === 'valid') return window;
  if (config.padding !== 'same') throw unsupported(call, `with padding ${config.padding}`);
  for (const side of [0, 1] as const) {
    const { kernel, strides, dilations } = window;
    const pad = samePadding(size[side]!, kernel[side], strides[side], dilations[side]);
    window.pads[side] = pad.before;
    window.pads[side + 2] = pad.after;
  }
  return window;
}

/** Returns the attributes that ONNX's `Conv` and pooling share. */
export const windowAttributes = ({ kernel, strides, pads }: Window) => ({
  kernel_shape: kernel,
  strides,
  pads,
});
