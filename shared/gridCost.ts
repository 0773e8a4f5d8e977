/** The next grid of a predicted class in the lane confirm. */
export interface NextGrid {
  /** Images that it shows. */
  images: number;
  /** Their mean confidence, 0 to 1. */
  confidence: number;
}

/** A wrong image costs a click, and is then asked one by one. */
const actionsPerMistake = 2;

/**
 * Keys and clicks to be expected for each image that a grid confirms: one for the grid, and those of
 * its wrong images, of which there are as many as a calibrated confidence says. Infinity for a grid
 * that confirms nothing.
 */
export function gridCost({ images, confidence }: NextGrid): number {
  const right = images * confidence;
  return right > 0 ? (1 + actionsPerMistake * (images - right)) / right : Infinity;
}
