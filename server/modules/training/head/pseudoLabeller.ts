import { takeRows } from '../../../../models/acquisition';
import { pseudoLabelledRows, type PseudoLabelledRows } from '../../../../models/training';
import type { FeatureMatrix } from '../../embeddings/featureCache';
import type { ImagePool, ImagePools } from '../../embeddings/imagePools';
import type { LabelledSet } from '../run/runSnapshot';

/** Lends a run's labels to images like theirs, while labels are few. */
export class PseudoLabeller {
  private agreement: number | undefined;
  /** Of the pool's images, read once for all the fits of a run. */
  private features: Promise<Float32Array> | undefined;

  private constructor(
    private readonly found: ImagePool,
    private readonly matrix: FeatureMatrix,
    private readonly withheld: Int32Array,
  ) {}

  /** `labelled` are all of the run's: none of them borrows a class, whoever learns from it. */
  static async open(
    pools: ImagePools,
    datasetId: string,
    matrix: FeatureMatrix,
    labelled: LabelledSet,
  ): Promise<PseudoLabeller> {
    const found = await pools.open(datasetId, matrix, await pools.images(datasetId, matrix));
    const rows = Array.from(labelled.ordinals, (ordinal) => found.rowOf.get(ordinal) ?? -1);
    const withheld = Int32Array.from(rows.filter((row) => row >= 0));
    return new PseudoLabeller(found, matrix, withheld);
  }

  /** Undefined where nothing is lent. */
  async label(
    { ordinals, labels }: Pick<LabelledSet, 'ordinals' | 'labels'>,
    classes: number,
  ): Promise<PseudoLabelledRows | undefined> {
    const { pool, rowOf } = this.found;
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
    const { images } = this.found;
    const ordinals = Int32Array.from(images, ({ ordinal }) => ordinal);
    const features = await (this.features ??= this.matrix.rows(ordinals));
    return takeRows(features, this.matrix.dimensions, rows);
  }
}
