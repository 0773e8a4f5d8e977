import type { ReviewTask } from './reviewState';

const percent = (score: number): string => `${Math.round(100 * score)} %`;

/** Explains why an image needs a review. */
export function reasonWords(review: ReviewTask['image']['review']): {
  title: string;
  text: string;
} {
  switch (review?.kind) {
    case 'LABEL_ERROR':
      return {
        title: 'Probable label error',
        text: `A model trained without this label predicts ${review.suggestedClass?.name ?? 'another class'}. The label is incorrect with a probability of ${percent(review.score)}.`,
      };
    case 'NEAR_DUPLICATE':
      return {
        title: 'Near-duplicate',
        text: `An image with ${percent(review.score)} similarity has a different label.`,
      };
    case 'DISAGREEMENT':
      return {
        title: 'Disagreement',
        text: 'People gave different answers, and the model does not settle it either.',
      };
    default:
      return { title: 'Review', text: 'Somebody requested a review.' };
  }
}
