import type { Attribute, Graph, GraphNode, Initializer, ValueInfo } from './model';

/** A value of the graph being built. */
export interface Value {
  name: string;
  /** Channels last and without the batch: `[h, w, c]` or `[c]`, as TensorFlow.js counts them. */
  shape: readonly number[];
}

/** Collects the nodes and constants of a graph and gives every value a name of its own. */
export class GraphBuilder {
  private readonly nodes: GraphNode[] = [];
  private readonly initializers: Initializer[] = [];
  private readonly taken = new Set<string>();

  /** A name that nothing in the graph has yet. */
  unique(hint: string): string {
    let name = hint;
    for (let copy = 2; this.taken.has(name); copy++) name = `${hint}_${copy}`;
    this.taken.add(name);
    return name;
  }

  /** Adds a constant and hands back its name. */
  constant(hint: string, shape: readonly number[], data: Initializer['data']): string {
    const name = this.unique(hint);
    this.initializers.push({ name, shape, data });
    return name;
  }

  /** A float32 scalar, as `Clip` takes its bounds. */
  scalar(hint: string, value: number): string {
    return this.constant(hint, [], Float32Array.of(value));
  }

  /** Adds an operator with one output and hands back that output's name. */
  node(
    operator: string,
    inputs: readonly string[],
    hint: string,
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string {
    const name = this.unique(hint);
    this.nodes.push({ operator, inputs, outputs: [name], attributes });
    return name;
  }

  /**
   * The graph with the named outputs. A value that a node produces takes the output's name itself;
   * one that has it already, or that is an input, is copied under the second name.
   */
  finish(
    name: string,
    inputs: readonly ValueInfo[],
    outputs: readonly (ValueInfo & { value: string })[],
  ): Graph {
    const renamed = new Map<string, string>();
    const produced = new Set(this.nodes.flatMap((node) => node.outputs));
    const copies: GraphNode[] = [];
    for (const output of outputs)
      if (produced.has(output.value) && !renamed.has(output.value))
        renamed.set(output.value, output.name);
      else copies.push({ operator: 'Identity', inputs: [output.value], outputs: [output.name] });
    const rename = (value: string) => renamed.get(value) ?? value;
    const nodes = [...this.nodes, ...copies].map((node) => ({
      ...node,
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
    }));
    return {
      name,
      inputs,
      outputs: outputs.map(({ value: _value, ...info }) => info),
      initializers: this.initializers,
      nodes,
    };
  }
}
