import { input, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { signedUnit } from '../backbones/preprocessing';
import { initialise } from '../training/deep/network/initialise';
import type { DeepNet } from '../training/deep/network/net';

/** A convolutional network that trains in milliseconds, with all parts of the large ones. */
export const tinyNet = ({ dropout = 0.2, id = 'tiny' } = {}): DeepNet => ({
  id,
  inputSize: 16,
  preprocessing: signedUnit,
  build: (classes, seed) => {
    const image = input({ shape: [16, 16, 3] });
    const chain: layers.Layer[] = [
      layers.conv2d({ filters: 8, kernelSize: 3, strides: 2, activation: 'relu', name: 'c1' }),
      layers.batchNormalization({ name: 'b1', momentum: 0.9 }),
      layers.conv2d({ filters: 12, kernelSize: 3, activation: 'relu', name: 'c2' }),
      layers.maxPooling2d({ poolSize: 2, name: 'map' }),
      layers.globalAveragePooling2d({ name: 'pool' }),
      layers.dropout({ rate: dropout, name: 'drop' }),
      layers.dense({ units: classes, name: 'logits' }),
    ];
    const ends = chain.reduce<SymbolicTensor[]>(
      (all, layer) => [...all, layer.apply(all.at(-1)!) as SymbolicTensor],
      [image],
    );
    const net = model({ inputs: image, outputs: ends.at(-1)! });
    initialise(net.layers, seed);
    return Promise.resolve({
      model: net,
      stem: undefined,
      trainable: net,
      featureMap: ends[4]!,
      embedding: ends[5]!,
      dispose: () => void net.dispose(),
    });
  },
});
