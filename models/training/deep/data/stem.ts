import { availableParallelism } from 'node:os';
import { model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { withPixelInput } from '../../../backbones/pixelInput';
import type { Preprocessing } from '../../../backbones/preprocessing';
import { toOnnx } from '../../../onnx/fromLayers';
import { writeOnnxModel, type Graph } from '../../../onnx/model';

/** The frozen layers of a net in ONNX Runtime. */
export interface Stem {
  /** Shape of the features of one image: height, width, channels. */
  shape: readonly number[];
  /**
   * Computes the features of images.
   *
   * @param pixels count × S × S × 3 bytes, as decoded
   * @returns count × height × width × channels
   */
  run(pixels: Uint8Array, count: number): Promise<Float32Array>;
  dispose(): void;
}

export interface StemOptions {
  /** ONNX Runtime threads; by default every core. */
  threads?: number | undefined;
  /** ONNX Runtime providers in order of preference; the CPU by default. */
  providers?: readonly string[] | undefined;
}

const outputName = 'stem';

/** Appends a transpose to channels last, the layout of TensorFlow.js. */
function withChannelsLast(graph: Graph, shape: readonly number[]): Graph {
  const output = { operator: 'Transpose', inputs: ['map'], outputs: [outputName] };
  return {
    ...graph,
    nodes: [...graph.nodes, { ...output, attributes: { perm: [0, 2, 3, 1] } }],
    outputs: [{ name: outputName, type: 'float32', shape: ['N', ...shape] }],
  };
}

/**
 * Opens the part of a net from its image to a feature map in ONNX Runtime, with its current
 * weights. Frozen layers need no gradients, and ONNX Runtime is at least ten times as fast.
 *
 * @throws ModelInputError as `toOnnx` does
 */
export async function openStem(
  image: SymbolicTensor,
  map: SymbolicTensor,
  preprocessing: Preprocessing,
  { threads = availableParallelism(), providers = ['cpu'] }: StemOptions = {},
): Promise<Stem> {
  const size = image.shape[1]!;
  const shape = map.shape.slice(1) as number[];
  const frozenPart = model({ inputs: image, outputs: map });
  const graph = await toOnnx(frozenPart, { name: outputName, outputs: { map } });
  const bytes = writeOnnxModel(withPixelInput(withChannelsLast(graph, shape), preprocessing));
  const session = await InferenceSession.create(bytes, {
    intraOpNumThreads: threads,
    executionProviders: [...providers],
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
  const [inputName = ''] = session.inputNames;
  return {
    shape,
    run: async (pixels, count) => {
      const input = new Tensor('uint8', pixels, [count, size, size, 3]);
      const results = await session.run({ [inputName]: input }, [outputName]);
      return results[outputName]!.data as Float32Array;
    },
    dispose: () => void session.release(),
  };
}
