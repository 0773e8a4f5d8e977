import type { ReviewTask } from './reviewDesk';

const percent = (score: number): string => `${Math.round(100 * score)} %`;

/** Why an image is to be looked at again, in words. */
export function reasonWords(review: ReviewTask['image']['review']): {
  title: string;
  text: string;
} {
  switch (review?.kind) {
    case 'LABEL_ERROR':
      return {
        title: 'Probable label error',
        text: `A model that never saw this label would call it ${review.suggestedClass?.name ?? 'another class'}: wrong with a chance of ${percent(review.score)}.`,
      };
    case 'NEAR_DUPLICATE':
      return {
        title: 'Near-duplicate',
        text: `An image that is ${percent(review.score)} alike has another label.`,
      };
    case 'DISAGREEMENT':
      return {
        title: 'Disagreement',
        text: 'People gave different answers, and neither they nor the model settle it.',
      };
    default:
      return { title: 'Review', text: 'Somebody asked for a second look.' };
  }
}
