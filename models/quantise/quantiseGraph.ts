import { withPixelInput } from '../backbones/pixelInput';
import type { Preprocessing } from '../backbones/preprocessing';
import type { Graph } from '../onnx/model';
import { calibrate, type CalibrationImages } from './calibrate';
import { emitQuantised } from './emit';
import { foldPixels } from './pixels';
import { planQuantisation } from './plan';

/** Minimum operator set for which ONNX Runtime's 8-bit fusions know all operators that we write. */
const minOperatorSet = 13;

/**
 * Keeps only the operator sets that the nodes use, because a file that a runtime saved names all of
 * them.
 */
function usedOperatorSets({ nodes, operatorSets = {} }: Graph): Record<string, number> {
  const used = new Set(['', ...nodes.map(({ domain = '' }) => domain)]);
  return Object.fromEntries(Object.entries(operatorSets).filter(([domain]) => used.has(domain)));
}

/**
 * Quantises a float graph to one that takes bytes. Convolutions and the nodes between them use
 * unsigned 8-bit activations, calibrated on images, and signed 8-bit weights with a scale per
 * channel (Krishnamoorthi 2018, "Quantizing deep convolutional networks for efficient inference").
 * Pooling to the embedding stays in float.
 *
 * @param graph its one input is float32 [N, S, S, 3], preprocessed
 * @throws RangeError below operator set 13, or without a convolution
 */
export async function quantiseGraph(
  graph: Graph,
  preprocessing: Preprocessing,
  images: CalibrationImages,
  signal?: AbortSignal,
): Promise<Graph> {
  const operatorSets = usedOperatorSets(graph);
  if ((operatorSets[''] ?? 17) < minOperatorSet)
    throw new RangeError(`Operator set ${operatorSets['']} is too old for 8 bits per channel`);
  const float = withPixelInput(graph, preprocessing);
  const folded = foldPixels(graph, preprocessing);
  const plan = planQuantisation(folded?.graph ?? float);
  if (plan.nodes.size === 0) throw new RangeError('The graph has no convolution to quantise');
  const bytes = new Set(folded ? [folded.planes] : []);
  const measured = [...plan.values].filter((name) => !bytes.has(name));
  const ranges = await calibrate(float, measured, images, signal);
  if (folded) ranges.set(folded.planes, { min: -folded.zeroPoint, max: 255 - folded.zeroPoint });
  const quantised = emitQuantised(folded?.graph ?? float, plan, ranges, bytes);
  return { ...quantised, operatorSets };
}
