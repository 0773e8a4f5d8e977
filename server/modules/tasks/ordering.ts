import type { DataSource } from 'typeorm';
import { orderQueue } from '../../../models/acquisition';
import { hashText } from '../../../models/numeric';
import { QueueReason } from '../../../shared/enums';
import type { Dataset } from '../datasets/dataset.ports';
import type { FeatureMatrix } from '../embeddings/embedding.ports';
import type { ImagePool, ImagePools, PoolImage } from '../embeddings/embedding.ports';
import type { StagedEntry } from './queue.repository';
import type { QueueService } from './queue.service';

const maxBatch = 500;
const defaultBatch = 20;

/** Computes the order of the queue. */
export class QueueOrderer {
  constructor(
    private readonly dataSource: DataSource,
    private readonly pools: ImagePools,
    private readonly queue: QueueService,
  ) {}

  /**
   * Writes an order that nobody sees yet. `margins` are by ordinal; without them there is no model
   * yet.
   */
  async stage(
    dataset: Dataset,
    runId: string | null,
    matrix: FeatureMatrix,
    margins: Float32Array | undefined,
  ): Promise<{ orderingId: string; count: number }> {
    const images = await this.pools.images(dataset.id, matrix);
    const pool = await this.pools.open(dataset.id, matrix, images);
    const ordered = await this.order(dataset, pool, matrix, margins);
    const entries =
      pool.images.length < images.length
        ? [...ordered, ...outsidePool(images, pool, margins)]
        : ordered;
    const orderingId = await this.queue.stage(dataset.id, runId, entries);
    return { orderingId, count: entries.length };
  }

  private async order(
    dataset: Dataset,
    { pool, images }: ImagePool,
    matrix: FeatureMatrix,
    margins: Float32Array | undefined,
  ): Promise<StagedEntry[]> {
    const rowsWhere = (wanted: (image: PoolImage) => boolean) =>
      Int32Array.from(images.flatMap((image, row) => (wanted(image) ? [row] : [])));
    const labelled = rowsWhere(({ classId }) => classId !== null);
    const columns = new Map<string | null | undefined, number>();
    const columnOf = (row: number): number => {
      const classId = images[row]?.classId;
      const column = columns.get(classId) ?? columns.size;
      columns.set(classId, column);
      return column;
    };
    const { order, reasons } = await orderQueue(
      {
        pool,
        read: (rows) => matrix.rows(rows.map((row) => images[row]?.ordinal ?? 0)),
        candidates: rowsWhere(({ classId }) => classId === null),
        labelled,
        labels: labelled.map(columnOf),
        classes: await this.classCount(dataset.id),
        leased: rowsWhere(({ classId, leased }) => classId === null && leased),
        scores: margins && {
          margin: Float32Array.from(images, ({ ordinal }) => margins[ordinal] ?? 1),
        },
        seed: hashText(`${dataset.splitSeed} ${labelled.length}`),
      },
      Math.min(maxBatch, dataset.autoRetrainAfter || defaultBatch),
    );
    return Array.from(order, (row, at) => ({
      imageId: images[row]?.id ?? '',
      reason: QueueReason[reasons[at] ?? 'RANDOM'],
    }));
  }

  private async classCount(datasetId: string): Promise<number> {
    const rows: { count: number }[] = await this.dataSource.query(
      'SELECT count(*)::int FROM class WHERE dataset_id = $1 AND archived_at IS NULL',
      [datasetId],
    );
    return Math.max(2, rows[0]?.count ?? 0);
  }
}

/** Orders the images of a large dataset outside its pool: lowest margin first. */
function outsidePool(
  images: readonly PoolImage[],
  { rowOf }: ImagePool,
  margins: Float32Array | undefined,
): StagedEntry[] {
  const rest = images.filter(({ classId, ordinal }) => classId === null && !rowOf.has(ordinal));
  if (margins) rest.sort((a, b) => (margins[a.ordinal] ?? 1) - (margins[b.ordinal] ?? 1));
  const reason = margins ? QueueReason.UNCERTAIN : QueueReason.RANDOM;
  return rest.map(({ id }) => ({ imageId: id, reason }));
}
