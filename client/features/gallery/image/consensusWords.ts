import { doubtfulConsensus } from '../../../../shared/limits';
import type { GalleryDetailFragment } from '../../../gql/operations';

type LabelledImage = Pick<GalleryDetailFragment, 'consensus' | 'gold'> & {
  labels: readonly { extra: boolean; class: { id: string } }[];
};

/** Says how many labels agree with the consensus. Returns null if there is no label. */
export function agreementWords({ consensus, gold, labels }: LabelledImage): string | null {
  if (!consensus || labels.length === 0) return null;
  const inTime = labels.filter(({ extra }) => !extra);
  // Late answers count only if there are no others.
  const counted = inTime.length > 0 ? inTime : labels;
  const agreeing = counted.filter(({ class: answer }) => answer.id === consensus.class.id).length;
  const agreement =
    counted.length === 1 && agreeing === 1
      ? 'One answer'
      : `Agreed by ${agreeing} of ${counted.length}`;
  return consensus.isDecided && !gold ? `${agreement}, decided by a correction` : agreement;
}

/**
 * Says how doubtful the last round found the consensus. Returns null if that is unknown or settled.
 */
export function doubtWords({ consensus, gold, labels }: LabelledImage) {
  const quality = consensus?.quality ?? null;
  if (quality === null || gold || consensus?.isDecided || labels.length < 2) return null;
  const isDoubtful = quality < doubtfulConsensus;
  return {
    isDoubtful,
    title: isDoubtful ? 'Doubtful' : 'Little doubt',
    text: `Score ${quality.toFixed(2)} from the labels and the model. It ranks images by doubt and is not a probability.`,
  };
}
