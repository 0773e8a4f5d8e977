import { readFile } from 'node:fs/promises';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';
import { layers, model } from '@tensorflow/tfjs-layers';
import { rebuildBackbone } from '../../../backbones/fromOnnx/rebuildBackbone';
import type { Backbone } from '../../../backbones/registry';
import { cutBefore } from './splitModel';
import { initialise } from './initialise';
import type { BuiltNet, DeepNet } from './net';
import { openStem, type StemOptions } from '../data/stem';

type CallOptions = Parameters<layers.Layer['call']>[1];

export interface FineTuneOptions {
  /**
   * The block to train from: a layer's name or what several names begin with (`block_13`). Those
   * before it stay as they are. By default about the last sixth of the network.
   */
  from?: string | undefined;
  /** Share of the pooled values that dropout takes away, default 0.2. */
  dropout?: number | undefined;
  /** How the frozen layers are run. */
  stem?: StemOptions | undefined;
}

/** Where fine-tuning begins unless it is told: the last stage of each architecture. */
export const defaultBlocks: Readonly<Record<string, string>> = {
  mobilenet: 'conv_pad_12',
  mobilenet_v2: 'block_14',
  resnet50: 'conv5_block1',
  inception_v3: 'mixed9',
};

/**
 * Keeps batch normalization at the statistics it was trained with. Those of a few images would
 * replace what a network learnt from a million, and files carry them worked into convolutions.
 */
function keepStatistics(net: LayersModel): void {
  for (const layer of net.layers)
    if (layer.getClassName() === 'BatchNormalization') {
      const call = layer.call.bind(layer);
      layer.call = (inputs, kwargs: CallOptions) => call(inputs, { ...kwargs, training: false });
    }
}

const apply = (end: SymbolicTensor, layer: layers.Layer) => layer.apply(end) as SymbolicTensor;

/** Pooling, dropout and a dense layer; put on several ends, they share their weights. */
function headFor(classes: number, rate: number) {
  const pool = layers.globalAveragePooling2d({ name: 'pool' });
  const dropout = layers.dropout({ rate, name: 'dropout' });
  const dense = layers.dense({ units: classes, kernelInitializer: 'zeros', name: 'logits' });
  const on = (map: SymbolicTensor) => {
    const embedding = apply(map, pool);
    return { embedding, logits: apply(apply(embedding, dropout), dense) };
  };
  return { on, dense };
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
  const cut = cutBefore(backbone, from);
  const head = headFor(classes, dropout);
  const trained = model({ inputs: cut.input, outputs: head.on(cut.output).logits });
  const { embedding, logits } = head.on(featureMap);
  const whole = model({ inputs: image, outputs: logits });
  initialise([head.dense], seed);
  const stem = await openStem(image, cut.at, preprocessing, stemOptions);
  const dispose = () => {
    stem.dispose();
    for (const weight of whole.weights) weight.dispose();
  };
  return { model: whole, stem, trained, featureMap, embedding, dispose };
}

/**
 * A backbone with a new head, trained from a chosen block on: its feature map is averaged, then
 * dropout and a dense layer. The blocks before it run in ONNX Runtime and are never changed.
 *
 * @throws ModelInputError (when built) `BACKBONE` for a file of no architecture that we can rebuild,
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
      const { architecture, model: own } = rebuildBackbone(await readFile(backbone.file));
      const block = options.from ?? defaultBlocks[architecture.id] ?? architecture.featureLayer;
      return assemble(own, block, [classes, seed], backbone, options).catch((error: unknown) => {
        for (const weight of own.weights) weight.dispose();
        throw error;
      });
    },
  };
}
