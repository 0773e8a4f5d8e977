import type { Attribute, Graph, GraphNode, Initializer, ValueInfo } from './model';

/** A value of the graph under construction. */
export interface Value {
  name: string;
  /** Channels last and without the batch, `[h, w, c]` or `[c]`, as in TensorFlow.js. */
  shape: readonly number[];
}

/** Collects the nodes and constants of a graph, and gives every value a unique name. */
export class GraphBuilder {
  private readonly nodes: GraphNode[] = [];
  private readonly initializers: Initializer[] = [];
  private readonly taken = new Set<string>();

  /** Returns a name that nothing in the graph has yet. */
  unique(hint: string): string {
    let name = hint;
    for (let copy = 2; this.taken.has(name); copy++) name = `${hint}_${copy}`;
    this.taken.add(name);
    return name;
  }

  /** Adds a constant and returns its name. */
  constant(hint: string, shape: readonly number[], data: Initializer['data']): string {
    const name = this.unique(hint);
    this.initializers.push({ name, shape, data });
    return name;
  }

  /** Adds a float32 scalar, such as a bound of `Clip`. */
  scalar(hint: string, value: number): string {
    return this.constant(hint, [], Float32Array.of(value));
  }

  /** Adds an operator with one output and returns the output's name. */
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
   * Returns the graph with the named outputs. A value that a node produces is renamed to the
   * output. A value that is already an output, or an input, is copied under the second name.
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
