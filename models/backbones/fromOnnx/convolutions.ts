import type { LayersModel } from '@tensorflow/tfjs-layers';
import { ModelInputError } from '../../errors';
import { inOrder, traceLayers, type LayerCall } from '../../onnx/layers/trace';
import type { Graph, Initializer } from '../../onnx/model';

/** A convolution in a file, with batch normalization folded in. */
export interface FoldedConvolution {
  /** Outputs × inputs per group × height × width. */
  kernel: Initializer & { data: Float32Array };
  bias: Float32Array;
}

/** A convolution of a model, and the normalization that follows it. */
export interface ModelConvolution {
  call: LayerCall;
  normalization: LayerCall | undefined;
}

const isFloat = (constant: Initializer | undefined): constant is FoldedConvolution['kernel'] =>
  constant?.data instanceof Float32Array && constant.shape.length === 4;

/** Finds every convolution of a file, in the order of execution, by its kernel's name. */
export function convolutionsOf(graph: Graph): Map<string, FoldedConvolution> {
  const constants = new Map((graph.initializers ?? []).map((each) => [each.name, each]));
  const found = new Map<string, FoldedConvolution>();
  for (const { operator, inputs } of graph.nodes) {
    if (operator !== 'Conv') continue;
    const [, kernelName = '', biasName = ''] = inputs;
    const kernel = constants.get(kernelName);
    const bias = constants.get(biasName)?.data;
    if (!isFloat(kernel))
      throw new ModelInputError(
        'BACKBONE',
        `The convolution of ${kernelName} has no float32 kernel in the file; a quantised file ` +
          'cannot be converted back; use its original',
      );
    const zeros = () => new Float32Array(kernel.shape[0]!);
    found.set(kernelName, { kernel, bias: bias instanceof Float32Array ? bias : zeros() });
  }
  return found;
}

const convolutionClasses = new Set(['Conv2D', 'DepthwiseConv2D']);

/** Finds every convolution of a model, in the order in which an export writes them. */
export function modelConvolutions(model: LayersModel): ModelConvolution[] {
  const calls = inOrder(traceLayers(model.outputs));
  return calls
    .filter(({ className }) => convolutionClasses.has(className))
    .map((call) => ({
      call,
      normalization: calls.find(
        ({ className, inputs }) => className === 'BatchNormalization' && inputs[0] === call,
      ),
    }));
}

/** Returns the shape that a layer's kernel has in a file. */
export function fileShape({ call }: ModelConvolution): number[] {
  const [height, width, inputs, outputs] = call.layer.weights[0]!.shape as number[];
  return call.className === 'DepthwiseConv2D'
    ? [inputs! * outputs!, 1, height!, width!]
    : [outputs!, inputs!, height!, width!];
}
