/** The next grid of a predicted class in the confirm lane. */
export interface NextGrid {
  /** Number of images in it. */
  images: number;
  /** Their mean confidence, 0 to 1. */
  confidence: number;
}

/** A wrong image costs a click, and later a single label. */
const actionsPerMistake = 2;

/**
 * Returns the expected number of keys and clicks per image that a grid confirms: one for the grid,
 * and those for its wrong images. Calibrated confidences give the number of wrong images. Infinity
 * for a grid that confirms nothing.
 */
export function gridCost({ images, confidence }: NextGrid): number {
  const right = images * confidence;
  return right > 0 ? (1 + actionsPerMistake * (images - right)) / right : Infinity;
}
