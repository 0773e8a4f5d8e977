import type { Scores } from '../../../models/training';
import type { Prediction } from './prediction.entity';

/**
 * Converts scores to rows of the prediction table. `imageIds[i]` is the image of row i of the
 * scores.
 */
export function toPredictions(
  runId: string,
  scores: Scores,
  imageIds: readonly string[],
  classIds: readonly string[],
): Prediction[] {
  const { topCount } = scores;
  const at = (values: Float32Array, index: number) => values[index] ?? 0;
  const classAt = (index: number | undefined) => classIds[index ?? 0] ?? '';
  return imageIds.map((imageId, row) => {
    const tops = Array.from({ length: topCount }, (_, k) => row * topCount + k);
    return {
      runId,
      imageId,
      classId: classAt(scores.classIndex[row]),
      confidence: at(scores.confidence, row),
      margin: at(scores.margin, row),
      entropy: at(scores.entropy, row),
      topClassIds: tops.map((k) => classAt(scores.top[k])),
      topConfidences: tops.map((k) => at(scores.topConfidence, k)),
    };
  });
}
