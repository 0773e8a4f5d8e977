import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { signedUnit } from '../preprocessing';
import {
  after,
  imageModel,
  kerasFiles,
  type Architecture,
  type BuildOptions,
} from './architecture';

/** Filters, rows and columns. A `valid` step has no padding, a `stride` step halves the size. */
type Step = readonly [filters: number, rows: number, columns: number, kind?: 'valid' | 'stride'];

/**
 * Builds the parts of the network. Keras names its convolutions in the order of creation
 * (`conv2d_1`, `batch_normalization_1` and so on), so the parts have to be created in that order.
 */
class Parts {
  private made = 0;

  constructor(private readonly kernelInitializer: BuildOptions['kernelInitializer']) {}

  private step(end: SymbolicTensor, [filters, rows, columns, kind]: Step): SymbolicTensor {
    const number = ++this.made;
    const convolution = layers.conv2d({
      filters,
      kernelSize: [rows, columns],
      strides: kind === 'stride' ? 2 : 1,
      padding: kind ? 'valid' : 'same',
      useBias: false,
      kernelInitializer: this.kernelInitializer ?? 'zeros',
      name: `conv2d_${number}`,
    });
    const normal = layers.batchNormalization({
      scale: false,
      epsilon: 1e-3,
      name: `batch_normalization_${number}`,
    });
    const relu = layers.activation({ activation: 'relu', name: `activation_${number}` });
    return after(after(after(end, convolution), normal), relu);
  }

  chain(start: SymbolicTensor, ...steps: readonly Step[]): SymbolicTensor {
    return steps.reduce((end, step) => this.step(end, step), start);
  }

  /** Averages around each place, followed by a 1 × 1 convolution. */
  average(start: SymbolicTensor, filters: number): SymbolicTensor {
    const pool = layers.averagePooling2d({ poolSize: 3, strides: 1, padding: 'same' });
    return this.chain(after(start, pool), [filters, 1, 1]);
  }
}

const maximum = (start: SymbolicTensor) =>
  after(start, layers.maxPooling2d({ poolSize: 3, strides: 2 }));

const joined = (branches: SymbolicTensor[], name?: string) =>
  after(branches, layers.concatenate({ axis: 3, ...(name ? { name } : {}) }));

/** 35 × 35: figure 5 of the paper. */
const mixedA = (parts: Parts, x: SymbolicTensor, name: string, pooled: number) =>
  joined(
    [
      parts.chain(x, [64, 1, 1]),
      parts.chain(x, [48, 1, 1], [64, 5, 5]),
      parts.chain(x, [64, 1, 1], [96, 3, 3], [96, 3, 3]),
      parts.average(x, pooled),
    ],
    name,
  );

/** 17 × 17, with narrow kernels of seven: figure 6. */
const mixedB = (parts: Parts, x: SymbolicTensor, name: string, width: number) =>
  joined(
    [
      parts.chain(x, [192, 1, 1]),
      parts.chain(x, [width, 1, 1], [width, 1, 7], [192, 7, 1]),
      parts.chain(
        x,
        ...([
          [width, 1, 1],
          [width, 7, 1],
          [width, 1, 7],
          [width, 7, 1],
          [192, 1, 7],
        ] as Step[]),
      ),
      parts.average(x, 192),
    ],
    name,
  );

/** 8 × 8, with branches that divide again: figure 7. */
function mixedC(parts: Parts, x: SymbolicTensor, at: number): SymbolicTensor {
  const single = parts.chain(x, [320, 1, 1]);
  const narrow = parts.chain(x, [384, 1, 1]);
  const forked = joined(
    [parts.chain(narrow, [384, 1, 3]), parts.chain(narrow, [384, 3, 1])],
    `mixed9_${at}`,
  );
  const deep = parts.chain(x, [448, 1, 1], [384, 3, 3]);
  const deepForked = joined([parts.chain(deep, [384, 1, 3]), parts.chain(deep, [384, 3, 1])]);
  return joined([single, forked, deepForked, parts.average(x, 192)], `mixed${9 + at}`);
}

function stem(parts: Parts, image: SymbolicTensor): SymbolicTensor {
  const first = parts.chain(image, [32, 3, 3, 'stride'], [32, 3, 3, 'valid'], [64, 3, 3]);
  return maximum(parts.chain(maximum(first), [80, 1, 1, 'valid'], [192, 3, 3, 'valid']));
}

function body(parts: Parts, image: SymbolicTensor): SymbolicTensor {
  let x = stem(parts, image);
  [32, 64, 64].forEach((pooled, at) => (x = mixedA(parts, x, `mixed${at}`, pooled)));
  const dense = [
    parts.chain(x, [384, 3, 3, 'stride']),
    parts.chain(x, [64, 1, 1], [96, 3, 3], [96, 3, 3, 'stride']),
  ];
  x = joined([...dense, maximum(x)], 'mixed3');
  [128, 160, 160, 192].forEach((width, at) => (x = mixedB(parts, x, `mixed${4 + at}`, width)));
  const narrowing = [
    parts.chain(x, [192, 1, 1], [320, 3, 3, 'stride']),
    parts.chain(x, [192, 1, 1], [192, 1, 7], [192, 7, 1], [192, 3, 3, 'stride']),
  ];
  x = joined([...narrowing, maximum(x)], 'mixed8');
  return mixedC(parts, mixedC(parts, x, 0), 1);
}

/** InceptionV3 (arXiv:1512.00567), with Keras's layers and names. */
export const inceptionV3: Architecture = {
  id: 'inception_v3',
  name: 'InceptionV3 (ImageNet, 299)',
  inputSize: 299,
  preprocessing: signedUnit,
  embeddingSize: 2048,
  featureLayer: 'mixed10',
  source: {
    url: `${kerasFiles}/inception_v3/inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5`,
    md5: 'bcbd6486424b2319ff4ef7d526e38f63',
    licence: 'Apache-2.0',
  },
  build({ inputSize = 299, kernelInitializer } = {}) {
    return imageModel('inception_v3', inputSize, (image) =>
      body(new Parts(kernelInitializer), image),
    );
  },
};
