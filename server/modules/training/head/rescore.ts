import type { DataSource } from 'typeorm';
import { excludeClasses, headLogits, createScorer, type Scores } from '../../../../models/training';
import type { FeatureMatrix } from '../../embeddings/embedding.ports';
import type { RescoreInput } from '../model.ports';
import type { RunPredictions } from '../run.ports';
import { findImages, findRejectedColumns, type RescoredImage } from './rescoreRows';

const rowsPerStep = 4_096;

/**
 * Predicts every embedded image and writes the predictions into the run's own table. An image is never predicted as
 * a class that an annotator rejected for it.
 *
 * @returns margins by ordinal (1 where there is no embedding) and how many images were scored
 */
export async function rescore(
  dataSource: DataSource,
  predictions: RunPredictions,
  { run, dataset, matrix, progress, classIds, head }: RescoreInput,
): Promise<{ margins: Float32Array; count: number }> {
  const attempt = { runId: run.id, attempt: run.attempt };
  const rejected = await findRejectedColumns(dataSource, dataset.id, classIds);
  const size = matrix.present.length;
  const margins = new Float32Array(size).fill(1);
  const scorer = await createScorer({
    head,
    dimensions: matrix.dimensions,
    classes: classIds.length,
    rows: 'halves',
  });
  let count = 0;
  try {
    await predictions.stage(attempt);
    for await (const { images, halves, to } of readAhead(dataSource, dataset.id, matrix)) {
      const scores = await scorer.score(halves, images.length);
      await excludeRejected({ images, scores, rejected }, { matrix, head, classIds });
      images.forEach(({ ordinal }, row) => (margins[ordinal] = scores.margin[row] ?? 1));
      const imageIds = images.map(({ id }) => id);
      await predictions.write(attempt, scores, imageIds, classIds);
      count += images.length;
      progress.report(to / size);
      progress.check();
    }
  } finally {
    await scorer.dispose();
  }
  await progress.settle();
  return { margins, count };
}

interface ImageBatch {
  images: RescoredImage[];
  /** The images' rows of the matrix, as half floats. */
  halves: Uint16Array;
  /** The batch holds ordinals below this. */
  to: number;
}

/** Reads all embedded images in batches. The next batch is read while the caller works on one. */
async function* readAhead(
  dataSource: DataSource,
  datasetId: string,
  matrix: FeatureMatrix,
): AsyncGenerator<ImageBatch> {
  const read = async (from: number): Promise<ImageBatch> => {
    const to = from + rowsPerStep;
    const rows = await findImages(dataSource, datasetId, { from, to });
    const images = rows.filter(({ ordinal }) => matrix.present[ordinal]);
    const halves = await matrix.halves(Int32Array.from(images, ({ ordinal }) => ordinal));
    return { images, halves, to };
  };
  const size = matrix.present.length;
  let next: Promise<ImageBatch> | undefined;
  try {
    for (let from = 0; from < size; from += rowsPerStep) {
      const batch = await (next ?? read(from));
      next = from + rowsPerStep < size ? read(from + rowsPerStep) : undefined;
      next?.catch(() => {});
      yield batch;
    }
  } finally {
    // The caller closes the matrix afterwards, so no read may be left.
    await next?.catch(() => {});
  }
}

async function excludeRejected(
  {
    images,
    scores,
    rejected,
  }: {
    images: readonly RescoredImage[];
    scores: Scores;
    rejected: ReadonlyMap<string, Set<number>>;
  },
  { matrix, head, classIds }: Pick<RescoreInput, 'matrix' | 'head' | 'classIds'>,
): Promise<void> {
  const excluded = images.flatMap(({ id, ordinal }, row) => {
    const classes = rejected.get(id);
    return classes ? [{ row, ordinal, classes }] : [];
  });
  if (excluded.length === 0) return;
  const features = await matrix.rows(Int32Array.from(excluded, ({ ordinal }) => ordinal));
  const logits = await headLogits(head, features, excluded.length, matrix.dimensions);
  excludeClasses(scores, excluded, logits, classIds.length);
}
