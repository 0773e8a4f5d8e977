import { joinNeighbours, type Graph } from './graph';
import { findNeighbours, type Neighbours } from './neighbours';
import { sketchRows, type Sketch } from './sketch';

/** Neighbours stored per row for coverage. Label propagation uses the nearest of them. */
const maxCoverNeighbours = 60;
const propagationNeighbours = 15;

/**
 * The label-free structure of a set of images: sketch, neighbours and graphs over its rows. Each
 * part is computed at its first use and stored, so that later runs can reuse a pool.
 */
export class Pool {
  private sketchPromise: Promise<Sketch> | undefined;
  private neighboursPromise: Promise<Neighbours> | undefined;
  private readonly coverGraphs = new Map<number, Promise<Graph>>();
  private labelGraphPromise: Promise<Graph> | undefined;

  /**
   * @param read returns rows × dimensions, row-major, normalised; called once
   */
  constructor(
    readonly rows: number,
    readonly dimensions: number,
    private readonly read: () => Promise<Float32Array> | Float32Array,
  ) {}

  /** Computes the sketch of all rows. */
  sketch(): Promise<Sketch> {
    return (this.sketchPromise ??= Promise.resolve(this.read()).then((features) =>
      sketchRows(features, this.rows, this.dimensions),
    ));
  }

  /** Computes the nearest neighbours of all rows. */
  neighbours(): Promise<Neighbours> {
    return (this.neighboursPromise ??= this.sketch().then((sketch) =>
      findNeighbours(sketch, maxCoverNeighbours),
    ));
  }

  /** Builds the graph for coverage: edges to the nearest neighbours, weighted by cosine. */
  coverGraph(neighboursPerRow: number): Promise<Graph> {
    const maxNeighbours = Math.min(neighboursPerRow, maxCoverNeighbours);
    const cached = this.coverGraphs.get(maxNeighbours);
    if (cached) return cached;
    const graph = this.neighbours().then((neighbours) =>
      joinNeighbours(neighbours, maxNeighbours, 1),
    );
    // The number of neighbours falls slowly from run to run, so only the last graph is stored.
    this.coverGraphs.clear();
    this.coverGraphs.set(maxNeighbours, graph);
    return graph;
  }

  /** Builds the graph for label propagation: weights are cosines cubed (Iscen et al. 2019). */
  labelGraph(): Promise<Graph> {
    return (this.labelGraphPromise ??= this.neighbours().then((neighbours) =>
      joinNeighbours(neighbours, propagationNeighbours, 3),
    ));
  }
}
