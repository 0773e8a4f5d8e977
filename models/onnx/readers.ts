import type { Graph, GraphNode } from './model';

/** Returns the nodes that read each value, in the graph's order. */
export function readersOf({ nodes }: Graph): ReadonlyMap<string, readonly GraphNode[]> {
  const readers = new Map<string, GraphNode[]>();
  for (const node of nodes)
    for (const input of node.inputs) {
      const known = readers.get(input);
      if (known) known.push(node);
      else readers.set(input, [node]);
    }
  return readers;
}
