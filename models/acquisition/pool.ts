import { joinNeighbours, type Graph } from './graph';
import { findNeighbours, type Neighbours } from './neighbours';
import { sketchRows, type Sketch } from './sketch';

/** Neighbours kept per row: for covering; propagation uses the nearest of them. */
const keptNeighbours = 60;
const propagationNeighbours = 15;

/**
 * What a set of images says without labels: sketch, neighbours and graphs over its rows. Each part
 * is computed when first asked for and kept, so that a cache of pools serves run after run.
 */
export class Pool {
  private sketched: Promise<Sketch> | undefined;
  private nearest: Promise<Neighbours> | undefined;
  private readonly covering = new Map<number, Promise<Graph>>();
  private propagating: Promise<Graph> | undefined;

  /**
   * @param read rows × dimensions, row-major, normalised; asked for once
   */
  constructor(
    readonly rows: number,
    readonly dimensions: number,
    private readonly read: () => Promise<Float32Array> | Float32Array,
  ) {}

  sketch(): Promise<Sketch> {
    return (this.sketched ??= Promise.resolve(this.read()).then((features) =>
      sketchRows(features, this.rows, this.dimensions),
    ));
  }

  neighbours(): Promise<Neighbours> {
    return (this.nearest ??= this.sketch().then((sketch) =>
      findNeighbours(sketch, keptNeighbours),
    ));
  }

  /** Edges for covering, to the `near` nearest: as like as the cosine says. */
  coverGraph(near: number): Promise<Graph> {
    const most = Math.min(near, keptNeighbours);
    const known = this.covering.get(most);
    if (known) return known;
    const graph = this.neighbours().then((found) => joinNeighbours(found, most, 1));
    // From run to run the number falls slowly: only the last one is worth its memory.
    this.covering.clear();
    this.covering.set(most, graph);
    return graph;
  }

  /** Edges for propagating labels: the nearest, the cosine cubed (Iscen et al. 2019). */
  labelGraph(): Promise<Graph> {
    return (this.propagating ??= this.neighbours().then((found) =>
      joinNeighbours(found, propagationNeighbours, 3),
    ));
  }
}
