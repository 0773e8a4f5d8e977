import { input, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { preprocessings } from '../../../backbones/preprocessing';
import { ModelInputError } from '../../../errors';
import { initialise } from './initialise';
import type { DeepNet } from './net';

/** Filters, kernel size, stride, and whether pooling follows. */
const convolutions = [
  [90, 11, 4, true],
  [256, 5, 1, true],
  [384, 3, 1, false],
  [384, 3, 1, false],
  [256, 3, 1, true],
] as const;

const denseUnits = 4096;
const minInputSide = 195;

export interface AlexnetOptions {
  /** Side of the square input in pixels, default 227. The last pooling needs at least 195. */
  inputSize?: number;
  /** Dropout rate of the dense layers, default 0.4. */
  dropout?: number;
}

const apply = (end: SymbolicTensor, layer: layers.Layer) => layer.apply(end) as SymbolicTensor;

function convolve(
  start: SymbolicTensor,
  [filters, kernelSize, strides, pooled]: (typeof convolutions)[number],
  number: number,
): { end: SymbolicTensor; map: SymbolicTensor } {
  const convolution = layers.conv2d({
    filters,
    kernelSize,
    strides,
    activation: 'relu',
    kernelInitializer: 'zeros',
    name: `conv${number}`,
  });
  const map = apply(start, convolution);
  const pool = layers.maxPooling2d({ poolSize: 3, strides: 2, name: `pool${number}` });
  const small = pooled ? apply(map, pool) : map;
  return { end: apply(small, layers.batchNormalization({ name: `bn${number}` })), map };
}

function dense(start: SymbolicTensor, number: number, rate: number): SymbolicTensor {
  const units = { units: denseUnits, activation: 'relu', kernelInitializer: 'zeros' } as const;
  const full = apply(start, layers.dense({ ...units, name: `dense${number}` }));
  const dropped = apply(full, layers.dropout({ rate, name: `dropout${number}` }));
  return apply(dropped, layers.batchNormalization({ name: `bn${number + convolutions.length}` }));
}

/**
 * Creates AlexNet (Krizhevsky et al. 2012) with batch normalization after pooling and after
 * dropout, to train from scratch. With 101 classes it has 25,138,373 parameters; 19,124 of them are
 * moving averages without gradients. Kernels are 11, 5, 3, 3 and 3 pixels without padding, the
 * first with stride 4. Pooling is 3 pixels with stride 2. Map sizes are 227 → 55 → 27 → 23 → 11 → 9
 * → 7 → 5 → 2 pixels. Pixels are x / 255. The feature map for Grad-CAM is that of the last
 * convolution, 5 pixels wide, before pooling. The defaults are the best values of the article.
 *
 * @throws ModelInputError `VALUE` for an input of fewer than 195 pixels
 */
export function alexnet({ inputSize = 227, dropout = 0.4 }: AlexnetOptions = {}): DeepNet {
  if (inputSize < minInputSide)
    throw new ModelInputError(
      'VALUE',
      `AlexNet needs an input of ${minInputSide} pixels or more, not ${inputSize}`,
    );
  return {
    id: `alexnet-${inputSize}-dropout${dropout}`,
    inputSize,
    preprocessing: preprocessings.unit,
    defaults: { learningRate: 0.01, optimizer: { kind: 'momentum', momentum: 0.3 } },
    build: (classes, seed) => {
      const image = input({ shape: [inputSize, inputSize, 3], name: 'image' });
      let [end, featureMap] = [image, image];
      for (const [index, convolution] of convolutions.entries()) {
        const { end: next, map } = convolve(end, convolution, index + 1);
        [end, featureMap] = [next, map];
      }
      end = apply(end, layers.flatten({ name: 'flatten' }));
      for (const number of [1, 2]) end = dense(end, number, dropout);
      const head = layers.dense({ units: classes, kernelInitializer: 'zeros', name: 'logits' });
      const net = model({ inputs: image, outputs: apply(end, head), name: 'alexnet' });
      initialise(net.layers, seed);
      return Promise.resolve({
        model: net,
        stem: undefined,
        trainable: net,
        featureMap,
        embedding: end,
        dispose: () => void net.dispose(),
      });
    },
  };
}
