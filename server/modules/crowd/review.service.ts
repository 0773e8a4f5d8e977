import type { ReviewRepository } from './review.repository';
import type { Suspicion } from './suspectReader';

/** Reads why images wait in review. */
export class ReviewService {
  constructor(private readonly reviews: ReviewRepository) {}

  readonly ofImages = (imageIds: readonly string[]): Promise<Map<string, Suspicion>> =>
    this.reviews.ofImages(imageIds);
}
