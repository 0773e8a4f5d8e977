import { takeRows } from '../../../../models/acquisition';
import { pseudoLabelledRows, type PseudoLabelledRows } from '../../../../models/training';
import type { FeatureMatrix } from '../../embeddings/embedding.ports';
import type { ImagePool, ImagePools } from '../../embeddings/embedding.ports';
import type { LabelledSet } from '../run/labelSnapshot';

/** Gives unlabelled images the classes of labelled images near them. It helps most while labels are few. */
export class PseudoLabeller {
  private agreement: number | undefined;
  /** Features of the pool's images, read once for all fits of a run. */
  private features: Promise<Float32Array> | undefined;

  private constructor(
    private readonly imagePool: ImagePool,
    private readonly matrix: FeatureMatrix,
    private readonly withheld: Int32Array,
  ) {}

  /** @param labelled all labels of the run; these images never get a pseudo-label, not even in a fold */
  static async open(
    pools: ImagePools,
    datasetId: string,
    matrix: FeatureMatrix,
    labelled: LabelledSet,
  ): Promise<PseudoLabeller> {
    const pool = await pools.open(datasetId, matrix, await pools.images(datasetId, matrix));
    const rows = Array.from(labelled.ordinals, (ordinal) => pool.rowOf.get(ordinal) ?? -1);
    const withheld = Int32Array.from(rows.filter((row) => row >= 0));
    return new PseudoLabeller(pool, matrix, withheld);
  }

  /** Makes pseudo-labels from some labels. Undefined when no image gets one. */
  async label(
    { ordinals, labels }: Pick<LabelledSet, 'ordinals' | 'labels'>,
    classes: number,
  ): Promise<PseudoLabelledRows | undefined> {
    const { pool, rowOf } = this.imagePool;
    const pooled = [...ordinals.keys()].filter((at) => rowOf.has(ordinals[at]!));
    const pseudo = await pseudoLabelledRows(
      {
        pool,
        classes,
        labelled: Int32Array.from(pooled, (at) => rowOf.get(ordinals[at]!)!),
        labels: Int32Array.from(pooled, (at) => labels[at]!),
        withheld: this.withheld,
        agreement: this.agreement,
      },
      (rows) => this.read(rows),
    );
    this.agreement = pseudo?.agreement;
    return pseudo;
  }

  private async read(rows: Int32Array): Promise<Float32Array> {
    const ordinals = Int32Array.from(this.imagePool.images, ({ ordinal }) => ordinal);
    const features = await (this.features ??= this.matrix.rows(ordinals));
    return takeRows(features, this.matrix.dimensions, rows);
  }
}
