import { readFile } from 'node:fs/promises';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { layers, model } from '@tensorflow/tfjs-layers';
import { rebuildBackbone } from '../../../backbones/fromOnnx/rebuildBackbone';
import type { Backbone } from '../../../backbones/backbone';
import { splitBefore } from './splitModel';
import { initialise } from './initialise';
import type { BuiltNet, DeepNet } from './net';
import { openStem, type StemOptions } from '../data/stem';

type CallOptions = Parameters<layers.Layer['call']>[1];

export interface FineTuneOptions {
  /**
   * The first block to train: a layer name or a common prefix of layer names (`block_13`). Blocks
   * before it are frozen. By default about the last sixth of the network trains.
   */
  from?: string | undefined;
  /** Dropout rate of the pooled values, default 0.2. */
  dropout?: number | undefined;
  /** Options of the frozen layers in ONNX Runtime. */
  stem?: StemOptions | undefined;
}

/** The default first block to train: the last stage of each architecture. */
export const defaultBlocks: Readonly<Record<string, string>> = {
  mobilenet: 'conv_pad_12',
  mobilenet_v2: 'block_14',
  resnet50: 'conv5_block1',
  inception_v3: 'mixed9',
};

/**
 * Freezes the statistics of batch normalization. Statistics of a few images would be worse than
 * those of a million images. Also, the files hold them folded into convolutions.
 */
function keepStatistics(net: LayersModel): void {
  for (const layer of net.layers)
    if (layer.getClassName() === 'BatchNormalization') {
      const call = layer.call.bind(layer);
      layer.call = (inputs, kwargs: CallOptions) => call(inputs, { ...kwargs, training: false });
    }
}

const apply = (end: SymbolicTensor, layer: layers.Layer) => layer.apply(end) as SymbolicTensor;

/** Creates pooling, dropout and a dense layer. All maps that they attach to share their weights. */
function headFor(classes: number, rate: number) {
  const pool = layers.globalAveragePooling2d({ name: 'pool' });
  const dropout = layers.dropout({ rate, name: 'dropout' });
  const dense = layers.dense({ units: classes, kernelInitializer: 'zeros', name: 'logits' });
  const attachTo = (map: SymbolicTensor) => {
    const embedding = apply(map, pool);
    return { embedding, logits: apply(apply(embedding, dropout), dense) };
  };
  return { attachTo, dense };
}

async function assemble(
  backbone: LayersModel,
  from: string,
  [classes, seed]: [number, number],
  { preprocessing }: Pick<Backbone, 'preprocessing'>,
  { dropout = 0.2, stem: stemOptions }: FineTuneOptions,
): Promise<BuiltNet> {
  keepStatistics(backbone);
  const [image, featureMap] = [backbone.inputs[0]!, backbone.outputs[0]!];
  const split = splitBefore(backbone, from);
  const head = headFor(classes, dropout);
  const trained = model({ inputs: split.input, outputs: head.attachTo(split.output).logits });
  const { embedding, logits } = head.attachTo(featureMap);
  const fullModel = model({ inputs: image, outputs: logits });
  initialise([head.dense], seed);
  const stem = await openStem(image, split.boundary, preprocessing, stemOptions);
  const dispose = () => {
    stem.dispose();
    for (const weight of fullModel.weights) weight.dispose();
  };
  return { model: fullModel, stem, trainable: trained, featureMap, embedding, dispose };
}

/**
 * Creates a net that fine-tunes a backbone with a new head from a chosen block on. The head is
 * average pooling, dropout and a dense layer. The blocks before the chosen one run in ONNX Runtime
 * and do not change.
 *
 * @throws ModelInputError (from `build`) `BACKBONE` for a file of an unsupported architecture,
 *   `VALUE` for a block that it does not have
 */
export function fineTune(
  backbone: Pick<Backbone, 'id' | 'file' | 'sha256' | 'inputSize' | 'preprocessing'>,
  options: FineTuneOptions = {},
): DeepNet {
  const { inputSize, preprocessing } = backbone;
  const { from = 'default', dropout = 0.2 } = options;
  return {
    id: `${backbone.id}-${backbone.sha256.slice(0, 12)}-from-${from}-dropout${dropout}`,
    inputSize,
    preprocessing,
    defaults: {
      epochs: 8,
      learningRate: 3e-4,
      optimizer: { kind: 'adam' },
      schedule: { kind: 'cosine' },
      warmUpEpochs: 0.5,
    },
    build: async (classes, seed) => {
      const { architecture, model: backboneModel } = rebuildBackbone(await readFile(backbone.file));
      const block = options.from ?? defaultBlocks[architecture.id] ?? architecture.featureLayer;
      return assemble(backboneModel, block, [classes, seed], backbone, options).catch(
        (error: unknown) => {
          for (const weight of backboneModel.weights) weight.dispose();
          throw error;
        },
      );
    },
  };
}
