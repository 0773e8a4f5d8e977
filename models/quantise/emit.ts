import type { Graph, GraphNode, Initializer } from '../onnx/model';
import type { ValueRange } from './calibrate';
import type { QuantisationPlan } from './plan';
import { quantiseBias, quantiseWeights } from './weights';

/** The float of an 8-bit number: (number - zeroPoint) × scale. */
export interface Scale {
  scale: number;
  zeroPoint: number;
}

const levels = 255;

/** Returns the unsigned 8-bit scale that covers a range, with zero exactly on a number. */
export function scaleOf({ min, max }: ValueRange): Scale {
  const [low, high] = [Math.min(0, min), Math.max(0, max)];
  const scale = Math.fround(high > low ? (high - low) / levels : 1);
  return { scale, zeroPoint: Math.min(levels, Math.max(0, Math.round(-low / scale))) };
}

/**
 * Writes a graph again with 8-bit arithmetic where the plan says so. Each 8-bit value is followed
 * by QuantizeLinear and DequantizeLinear, and weights are stored in 8 bits ("QDQ", ONNX Runtime's
 * documentation on quantised models). The runtime fuses them into 8-bit kernels. A runtime without
 * such kernels computes the same numbers in float.
 *
 * @param ranges of the plan's values
 * @param bytes values that are 8-bit numbers already
 */
export function emitQuantised(
  graph: Graph,
  plan: QuantisationPlan,
  ranges: ReadonlyMap<string, ValueRange>,
  bytes: ReadonlySet<string> = new Set(),
): Graph {
  return new Emitter(graph, plan, ranges, bytes).emit();
}

class Emitter {
  private readonly nodes: GraphNode[] = [];
  private readonly constants = new Map<string, Initializer>();
  private readonly floats: ReadonlyMap<string, Initializer>;
  private readonly outputs: ReadonlySet<string>;

  constructor(
    private readonly graph: Graph,
    private readonly plan: QuantisationPlan,
    private readonly ranges: ReadonlyMap<string, ValueRange>,
    private readonly bytes: ReadonlySet<string>,
  ) {
    this.floats = new Map((graph.initializers ?? []).map((constant) => [constant.name, constant]));
    this.outputs = new Set(graph.outputs.map(({ name }) => name));
  }

  emit(): Graph {
    for (const { name } of this.graph.inputs) this.quantiseValue(name, name);
    for (const node of this.graph.nodes) this.emitNode(node);
    return { ...this.graph, nodes: this.nodes, initializers: [...this.constants.values()] };
  }

  private isQuantised(name: string): boolean {
    return this.plan.values.has(name);
  }

  /** Returns the name that readers of a value use. */
  private read(name: string): string {
    const constant = this.floats.get(name);
    if (constant) this.constants.set(name, constant);
    return this.isQuantised(name) && !this.outputs.has(name) ? `${name}_dq` : name;
  }

  private emitNode(node: GraphNode): void {
    const quantised = this.plan.nodes.has(node);
    const inputs =
      quantised && node.operator === 'Conv'
        ? this.convolutionInputs(node)
        : node.inputs.map((name) => this.read(name));
    // An output of the graph keeps its name for the dequantised value.
    const raw = (name: string) =>
      this.isQuantised(name) && this.outputs.has(name) ? `${name}_raw` : name;
    this.nodes.push({ ...node, inputs, outputs: node.outputs.map(raw) });
    for (const name of node.outputs) this.quantiseValue(raw(name), name);
  }

  private quantiseValue(raw: string, name: string): void {
    const range = this.ranges.get(name);
    if (!this.isQuantised(name) || !range) return;
    const { scale, zeroPoint } = scaleOf(range);
    const as = [`${name}_scale`, `${name}_zero`];
    this.constant(as[0]!, [], Float32Array.of(scale));
    this.constant(as[1]!, [], Uint8Array.of(zeroPoint));
    const isByte = this.bytes.has(name);
    const stored = isByte ? raw : `${name}_q`;
    if (!isByte)
      this.nodes.push({ operator: 'QuantizeLinear', inputs: [raw, ...as], outputs: [stored] });
    const outputs = [this.read(name)];
    this.nodes.push({ operator: 'DequantizeLinear', inputs: [stored, ...as], outputs });
  }

  private convolutionInputs({ inputs }: GraphNode): string[] {
    const [input = '', weights = '', bias] = inputs;
    const { values, scales } = quantiseWeights(this.floats.get(weights)!);
    const { shape } = this.floats.get(weights)!;
    const zeros = new Int8Array(scales.length);
    const read = [this.read(input), this.dequantised(weights, shape, values, scales, zeros)];
    if (!bias) return read;
    const { scale } = scaleOf(this.ranges.get(input)!);
    const wide = quantiseBias(this.floats.get(bias)!.data as Float32Array, scale, scales);
    const name = `${bias}_of_${weights}_${input}`;
    const wideZeros = new Int32Array(scales.length);
    return [...read, this.dequantised(name, [scales.length], wide.values, wide.scales, wideZeros)];
  }

  /** Stores a constant as integers with one scale per output channel. */
  private dequantised(
    name: string,
    shape: readonly number[],
    values: Int8Array | Int32Array,
    scales: Float32Array,
    zeros: Int8Array | Int32Array,
  ): string {
    const parts = [`${name}_q`, `${name}_scales`, `${name}_zeros`];
    const output = `${name}_dq`;
    // Convolutions can share their weights.
    if (this.constants.has(parts[0]!)) return output;
    this.constant(parts[0]!, shape, values);
    this.constant(parts[1]!, [scales.length], scales);
    this.constant(parts[2]!, [scales.length], zeros);
    this.nodes.push({
      operator: 'DequantizeLinear',
      inputs: parts,
      outputs: [output],
      attributes: { axis: 0 },
    });
    return output;
  }

  private constant(name: string, shape: readonly number[], data: Initializer['data']): void {
    this.constants.set(name, { name, shape, data });
  }
}
