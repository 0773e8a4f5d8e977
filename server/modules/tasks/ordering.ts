import type { DataSource } from 'typeorm';
import { orderQueue } from '../../../models/acquisition/queue';
import { hashText } from '../../../models/numeric/random';
import type { Dataset } from '../datasets/dataset.entity';
import type { FeatureMatrix } from '../embeddings/featureCache';
import type { QueueService } from './queue.service';

interface OpenImage {
  id: string;
  ordinal: number;
  labelled: boolean;
}

const largestCover = 500;
const usualBatch = 20;
/** Above this many images the order is found among a random part; the rest follow by margin. */
const mostCompared = 60_000;

/** Turns what is known of a dataset into the order in which people are asked. */
export class QueueOrderer {
  constructor(
    private readonly dataSource: DataSource,
    private readonly queue: QueueService,
  ) {}

  /** Writes the order aside. `margins` are by ordinal; without them there is no model yet. */
  async stage(
    dataset: Dataset,
    runId: string | null,
    matrix: FeatureMatrix,
    margins: Float32Array | undefined,
  ): Promise<{ orderingId: string; count: number }> {
    const images = (await this.openImages(dataset.id)).filter(
      ({ ordinal }) => matrix.present[ordinal],
    );
    const open = images.filter(({ labelled }) => !labelled);
    const compared = images.length <= mostCompared ? images : sampleOf(images);
    const order = await this.order(dataset, compared, matrix, margins);
    const ordered = order.flatMap((row) => compared[row]?.id ?? []);
    const rest = compared === images ? [] : byMargin(open, margins, new Set(ordered));
    const ids = [...ordered, ...rest];
    return { orderingId: await this.queue.stage(dataset.id, runId, ids), count: ids.length };
  }

  private async order(
    dataset: Dataset,
    images: readonly OpenImage[],
    matrix: FeatureMatrix,
    margins: Float32Array | undefined,
  ): Promise<number[]> {
    const rowsWhere = (labelled: boolean) =>
      Int32Array.from(images.flatMap((image, row) => (image.labelled === labelled ? [row] : [])));
    const ordinals = Int32Array.from(images, ({ ordinal }) => ordinal);
    const labelled = rowsWhere(true);
    const order = await orderQueue({
      features: await matrix.rows(ordinals),
      rows: images.length,
      dimensions: matrix.dimensions,
      candidates: rowsWhere(false),
      labelled,
      labels: labelled.length,
      classes: await this.classCount(dataset.id),
      scores: margins && {
        margin: Float32Array.from(ordinals, (ordinal) => margins[ordinal] ?? 1),
      },
      batch: Math.min(largestCover, dataset.autoRetrainAfter || usualBatch),
      seed: hashText(`${dataset.splitSeed} ${labelled.length}`),
    });
    return [...order];
  }

  /** In their fixed random order, so that what the order leaves open is not the order of uploading. */
  private openImages(datasetId: string): Promise<OpenImage[]> {
    return this.dataSource.query(
      `SELECT id, ordinal, consensus_class_id IS NOT NULL AS labelled FROM image
       WHERE dataset_id = $1 AND NOT held_out ORDER BY shuffle`,
      [datasetId],
    );
  }

  private async classCount(datasetId: string): Promise<number> {
    const rows: { count: number }[] = await this.dataSource.query(
      'SELECT count(*)::int FROM class WHERE dataset_id = $1 AND archived_at IS NULL',
      [datasetId],
    );
    return Math.max(2, rows[0]?.count ?? 0);
  }
}

/** The labelled ones and the first of the others: they come in random order. */
function sampleOf(images: readonly OpenImage[]): OpenImage[] {
  const labelled = images.filter((image) => image.labelled).slice(0, mostCompared / 2);
  const open = images.filter((image) => !image.labelled);
  return [...labelled, ...open.slice(0, mostCompared - labelled.length)];
}

function byMargin(
  images: readonly OpenImage[],
  margins: Float32Array | undefined,
  taken: ReadonlySet<string>,
): string[] {
  const rest = images.filter(({ id }) => !taken.has(id));
  if (margins) rest.sort((a, b) => (margins[a.ordinal] ?? 1) - (margins[b.ordinal] ?? 1));
  return rest.map(({ id }) => id);
}
