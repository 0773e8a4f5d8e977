import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { preprocessings } from '../preprocessing';
import {
  after,
  imageModel,
  kerasFiles,
  type Architecture,
  type BuildOptions,
} from './architecture';

type Initializer = NonNullable<BuildOptions['kernelInitializer']>;

interface Convolution {
  filters: number;
  kernelSize: number;
  strides?: number;
  padding?: 'same' | 'valid';
}

const relu = (end: SymbolicTensor, name: string) =>
  after(end, layers.activation({ activation: 'relu', name }));

/** A convolution with a bias, as in the published weights, and its batch normalization. */
function convolved(end: SymbolicTensor, name: string, options: Convolution, init: Initializer) {
  const convolution = layers.conv2d({ ...options, kernelInitializer: init, name: `${name}_conv` });
  const normal = layers.batchNormalization({ epsilon: 1.001e-5, name: `${name}_bn` });
  return after(after(end, convolution), normal);
}

/** A bottleneck block. As published, its first convolution has the stride. */
function bottleneck(
  start: SymbolicTensor,
  name: string,
  filters: number,
  strides: number | undefined,
  init: Initializer,
): SymbolicTensor {
  const one = { kernelSize: 1, filters };
  const shortcut =
    strides === undefined
      ? start
      : convolved(start, `${name}_0`, { ...one, filters: 4 * filters, strides }, init);
  let end = convolved(start, `${name}_1`, { ...one, strides: strides ?? 1 }, init);
  end = relu(end, `${name}_1_relu`);
  end = convolved(end, `${name}_2`, { filters, kernelSize: 3, padding: 'same' }, init);
  end = relu(end, `${name}_2_relu`);
  end = convolved(end, `${name}_3`, { ...one, filters: 4 * filters }, init);
  return relu(after([shortcut, end], layers.add({ name: `${name}_add` })), `${name}_out`);
}

/** Filters, blocks and first stride of each stage (He et al. 2015, table 1). */
const stages = [
  [64, 3, 1],
  [128, 4, 2],
  [256, 6, 2],
  [512, 3, 2],
] as const;

/** ResNet50 v1 (arXiv:1512.03385), with Keras's layers and names. */
export const resnet50: Architecture = {
  id: 'resnet50',
  name: 'ResNet50 (ImageNet, 224)',
  inputSize: 224,
  preprocessing: preprocessings.caffe,
  embeddingSize: 2048,
  featureLayer: 'conv5_block3_out',
  source: {
    url: `${kerasFiles}/resnet/resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5`,
    md5: '4d473c1dd8becc155b73f8504c6f6626',
    bytes: 94_765_736,
    licence: 'MIT',
  },
  build({ inputSize = 224, kernelInitializer = 'zeros' } = {}) {
    return imageModel('resnet50', inputSize, (image) => {
      const padded = after(image, layers.zeroPadding2d({ padding: 3, name: 'conv1_pad' }));
      const first = { filters: 64, kernelSize: 7, strides: 2 };
      let end = relu(convolved(padded, 'conv1', first, kernelInitializer), 'conv1_relu');
      end = after(end, layers.zeroPadding2d({ padding: 1, name: 'pool1_pad' }));
      end = after(end, layers.maxPooling2d({ poolSize: 3, strides: 2, name: 'pool1_pool' }));
      stages.forEach(([filters, blocks, stride], stage) => {
        for (let block = 1; block <= blocks; block++) {
          const name = `conv${stage + 2}_block${block}`;
          end = bottleneck(end, name, filters, block === 1 ? stride : undefined, kernelInitializer);
        }
      });
      return end;
    });
  },
};
