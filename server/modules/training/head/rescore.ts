import type { DataSource } from 'typeorm';
import {
  type Head,
  excludeClasses,
  headLogits,
  createScorer,
  type Scores,
} from '../../../../models/training';
import type { Dataset } from '../../datasets/dataset.entity';
import type { FeatureMatrix } from '../../embeddings/featureCache';
import type { RetrainRun } from '../retrainRun.entity';
import type { RunProgress } from '../run/runProgress';
import type { RunPredictions } from '../run.ports';

const rowsPerStep = 4_096;

export interface RescoreInput {
  run: Pick<RetrainRun, 'id' | 'attempt'>;
  dataset: Pick<Dataset, 'id'>;
  matrix: FeatureMatrix;
  progress: Pick<RunProgress, 'report' | 'check' | 'settle'>;
  classIds: readonly string[];
  head: Head;
}

/**
 * Scores every embedded image into the run's own table. What somebody said that an image is not, it is not predicted
 * to be.
 *
 * @returns margins by ordinal (1 where there is no embedding) and how many images were scored
 */
export async function rescore(
  dataSource: DataSource,
  predictions: RunPredictions,
  { run, dataset, matrix, progress, classIds, head }: RescoreInput,
): Promise<{ margins: Float32Array; count: number }> {
  const attempt = { runId: run.id, attempt: run.attempt };
  const rejections = await rejectionsOf(dataSource, dataset.id, classIds);
  const size = matrix.present.length;
  const margins = new Float32Array(size).fill(1);
  const scorer = await createScorer({
    head,
    dimensions: matrix.dimensions,
    classes: classIds.length,
    rows: 'halves',
  });
  const read = async (from: number) => {
    const images = await imagesFrom(dataSource, dataset.id, from, matrix.present);
    return { images, halves: await matrix.halves(Int32Array.from(images, (row) => row.ordinal)) };
  };
  let count = 0;
  let next: ReturnType<typeof read> | undefined;
  try {
    await predictions.stage(attempt);
    for (let from = 0; from < size; from += rowsPerStep) {
      const { images, halves } = await (next ?? read(from));
      // The next rows are read while these are scored and written.
      next = from + rowsPerStep < size ? read(from + rowsPerStep) : undefined;
      next?.catch(() => {});
      const scores = await scorer.score(halves, images.length);
      await respect(rejections, images, scores, { matrix, head, classIds });
      images.forEach(({ ordinal }, row) => (margins[ordinal] = scores.margin[row] ?? 1));
      const imageIds = images.map(({ id }) => id);
      await predictions.write(attempt, scores, imageIds, classIds);
      count += images.length;
      progress.report((from + rowsPerStep) / size);
      progress.check();
    }
  } finally {
    // The caller closes the matrix: nobody may be reading it then.
    await next?.catch(() => {});
    await scorer.dispose();
  }
  await progress.settle();
  return { margins, count };
}

/** Columns that were rejected in the lane confirm, by image. */
async function rejectionsOf(
  dataSource: DataSource,
  datasetId: string,
  classIds: readonly string[],
): Promise<Map<string, Set<number>>> {
  const rows: { image_id: string; class_id: string }[] = await dataSource.query(
    `SELECT rejection.image_id, rejection.class_id FROM rejection
     JOIN class ON class.id = rejection.class_id WHERE class.dataset_id = $1`,
    [datasetId],
  );
  const columns = new Map(classIds.map((id, column) => [id, column]));
  const rejections = new Map<string, Set<number>>();
  for (const { image_id: imageId, class_id: classId } of rows) {
    const column = columns.get(classId);
    if (column === undefined) continue;
    rejections.set(imageId, (rejections.get(imageId) ?? new Set()).add(column));
  }
  return rejections;
}

async function respect(
  rejections: ReadonlyMap<string, Set<number>>,
  images: readonly { id: string; ordinal: number }[],
  scores: Scores,
  { matrix, head, classIds }: Pick<RescoreInput, 'matrix' | 'head' | 'classIds'>,
): Promise<void> {
  const excluded = images.flatMap(({ id, ordinal }, row) => {
    const classes = rejections.get(id);
    return classes ? [{ row, ordinal, classes }] : [];
  });
  if (excluded.length === 0) return;
  const features = await matrix.rows(Int32Array.from(excluded, ({ ordinal }) => ordinal));
  const logits = await headLogits(head, features, excluded.length, matrix.dimensions);
  excludeClasses(scores, excluded, logits, classIds.length);
}

async function imagesFrom(
  dataSource: DataSource,
  datasetId: string,
  from: number,
  present: Uint8Array,
): Promise<{ id: string; ordinal: number }[]> {
  const images: { id: string; ordinal: number }[] = await dataSource.query(
    'SELECT id, ordinal FROM image WHERE dataset_id = $1 AND ordinal >= $2 AND ordinal < $3 ORDER BY ordinal',
    [datasetId, from, from + rowsPerStep],
  );
  return images.filter(({ ordinal }) => present[ordinal]);
}
