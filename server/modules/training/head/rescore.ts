import type { DataSource } from 'typeorm';
import { excludeClasses, headLogits, createScorer, type Scores } from '../../../../models/training';
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
  const read = async (from: number) => {
    const rows = await findImages(dataSource, dataset.id, { from, to: from + rowsPerStep });
    const images = rows.filter(({ ordinal }) => matrix.present[ordinal]);
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
      await excludeRejected({ images, scores, rejected }, { matrix, head, classIds });
      images.forEach(({ ordinal }, row) => (margins[ordinal] = scores.margin[row] ?? 1));
      const imageIds = images.map(({ id }) => id);
      await predictions.write(attempt, scores, imageIds, classIds);
      count += images.length;
      progress.report((from + rowsPerStep) / size);
      progress.check();
    }
  } finally {
    // The caller closes the matrix, so the read ahead must be over.
    await next?.catch(() => {});
    await scorer.dispose();
  }
  await progress.settle();
  return { margins, count };
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
