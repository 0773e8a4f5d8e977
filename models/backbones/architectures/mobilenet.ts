import { layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { signedUnit } from '../preprocessing';
import { after, imageModel, kerasFiles, type Architecture } from './architecture';

/** Filters and stride of each separable block (Howard et al. 2017, table 1). */
const blocks: readonly (readonly [number, 1 | 2])[] = [
  ...([
    [64, 1],
    [128, 2],
    [128, 1],
    [256, 2],
    [256, 1],
    [512, 2],
  ] as const),
  ...([
    [512, 1],
    [512, 1],
    [512, 1],
    [512, 1],
    [512, 1],
    [1024, 2],
    [1024, 1],
  ] as const),
];

function normalised(end: SymbolicTensor, name: string): SymbolicTensor {
  const normal = after(end, layers.batchNormalization({ name: `${name}_bn`, epsilon: 1e-3 }));
  return after(normal, layers.reLU({ maxValue: 6, name: `${name}_relu` }));
}

/** MobileNet v1 of width 1.0 (arXiv:1704.04861), with Keras's layers and names. */
export const mobilenet: Architecture = {
  id: 'mobilenet',
  name: 'MobileNet (ImageNet, 224)',
  inputSize: 224,
  preprocessing: signedUnit,
  embeddingSize: 1024,
  featureLayer: 'conv_pw_13_relu',
  source: {
    url: `${kerasFiles}/mobilenet/mobilenet_1_0_224_tf_no_top.h5`,
    licence: 'Apache-2.0',
  },
  build({ inputSize = 224, kernelInitializer = 'zeros' } = {}) {
    const plain = { useBias: false, kernelInitializer, padding: 'same' } as const;
    const block = (end: SymbolicTensor, at: number, filters: number, strides: 1 | 2) => {
      const padding = [
        [0, 1],
        [0, 1],
      ] as [[number, number], [number, number]];
      const padded =
        strides === 1 ? end : after(end, layers.zeroPadding2d({ padding, name: `conv_pad_${at}` }));
      const depthwise = layers.depthwiseConv2d({
        kernelSize: 3,
        strides,
        padding: strides === 1 ? 'same' : 'valid',
        useBias: false,
        depthwiseInitializer: kernelInitializer,
        name: `conv_dw_${at}`,
      });
      const middle = normalised(after(padded, depthwise), `conv_dw_${at}`);
      const name = `conv_pw_${at}`;
      return normalised(
        after(middle, layers.conv2d({ ...plain, filters, kernelSize: 1, name })),
        name,
      );
    };
    return imageModel('mobilenet', inputSize, (image) => {
      const first = layers.conv2d({
        ...plain,
        filters: 32,
        kernelSize: 3,
        strides: 2,
        name: 'conv1',
      });
      return blocks.reduce(
        (end, [filters, strides], at) => block(end, at + 1, filters, strides),
        normalised(after(image, first), 'conv1'),
      );
    });
  },
};
