import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { signedUnit } from '../preprocessing';
import { after, imageModel, kerasFiles, padBeforeStride } from './architecture';
import type { Architecture, BuildOptions } from './architecture';

type Initializer = NonNullable<BuildOptions['kernelInitializer']>;

interface Block {
  at: number;
  filters: number;
  strides: 1 | 2;
}

/** Filters, repeats and first stride of each stage (Sandler et al. 2018, table 2). */
const stages = [
  [16, 1, 1],
  [24, 2, 2],
  [32, 3, 2],
  [64, 4, 2],
  [96, 3, 1],
  [160, 3, 2],
  [320, 1, 1],
] as const;

const blocks = stages
  .flatMap(([filters, repeats, stride]) =>
    Array.from({ length: repeats }, (_, at) => ({ filters, strides: at === 0 ? stride : 1 })),
  )
  .map((block, at): Block => ({ ...block, at }));

const normalised = (end: SymbolicTensor, name: string) =>
  after(end, layers.batchNormalization({ name, epsilon: 1e-3, momentum: 0.999 }));

const clipped = (end: SymbolicTensor, name: string) =>
  after(end, layers.reLU({ maxValue: 6, name }));

function pointwise(
  end: SymbolicTensor,
  filters: number,
  name: string,
  kernelInitializer: Initializer,
): SymbolicTensor {
  const options = { kernelSize: 1, padding: 'same', useBias: false, kernelInitializer } as const;
  return after(end, layers.conv2d({ ...options, filters, name }));
}

function depthwise(
  end: SymbolicTensor,
  strides: 1 | 2,
  prefix: string,
  depthwiseInitializer: Initializer,
): SymbolicTensor {
  const padded = strides === 1 ? end : padBeforeStride(end, `${prefix}_pad`);
  const convolution = layers.depthwiseConv2d({
    kernelSize: 3,
    strides,
    padding: strides === 1 ? 'same' : 'valid',
    useBias: false,
    depthwiseInitializer,
    name: `${prefix}_depthwise`,
  });
  const normal = normalised(after(padded, convolution), `${prefix}_depthwise_BN`);
  return clipped(normal, `${prefix}_depthwise_relu`);
}

/**
 * An inverted residual: expansion, depthwise convolution, projection, and the input added if the
 * shapes allow.
 */
function inverted(start: SymbolicTensor, { at, filters, strides }: Block, init: Initializer) {
  const prefix = at === 0 ? 'expanded_conv' : `block_${at}`;
  const channels = start.shape[3]!;
  let end = start;
  if (at > 0) {
    const wide = pointwise(start, channels * 6, `${prefix}_expand`, init);
    end = clipped(normalised(wide, `${prefix}_expand_BN`), `${prefix}_expand_relu`);
  }
  end = depthwise(end, strides, prefix, init);
  end = normalised(pointwise(end, filters, `${prefix}_project`, init), `${prefix}_project_BN`);
  const adds = channels === filters && strides === 1;
  return adds ? after([start, end], layers.add({ name: `${prefix}_add` })) : end;
}

/** MobileNetV2 of width 1.0 (arXiv:1801.04381), with Keras's layers and names. */
export const mobilenetV2: Architecture = {
  id: 'mobilenet_v2',
  name: 'MobileNetV2 (ImageNet, 224)',
  inputSize: 224,
  preprocessing: signedUnit,
  embeddingSize: 1280,
  featureLayer: 'out_relu',
  source: {
    url: `${kerasFiles}/mobilenet_v2/mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5`,
    licence: 'Apache-2.0',
  },
  build({ inputSize = 224, kernelInitializer = 'zeros' } = {}) {
    return imageModel('mobilenet_v2', inputSize, (image) => {
      const first = layers.conv2d({
        filters: 32,
        kernelSize: 3,
        strides: 2,
        padding: 'same',
        useBias: false,
        kernelInitializer,
        name: 'Conv1',
      });
      const stem = clipped(normalised(after(image, first), 'bn_Conv1'), 'Conv1_relu');
      const body = blocks.reduce((end, block) => inverted(end, block, kernelInitializer), stem);
      const top = pointwise(body, 1280, 'Conv_1', kernelInitializer);
      return clipped(normalised(top, 'Conv_1_bn'), 'out_relu');
    });
  },
};
