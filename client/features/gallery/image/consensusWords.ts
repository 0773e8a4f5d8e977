import { doubtfulConsensus } from '../../../../shared/limits';
import type { GalleryDetailFragment } from '../../../gql/operations';

type Agreed = Pick<GalleryDetailFragment, 'consensus' | 'gold'> & {
  labels: readonly { extra: boolean; class: { id: string } }[];
};

/** Who stands behind what the image is agreed to be; null where nobody answered. */
export function agreementWords({ consensus, gold, labels }: Agreed): string | null {
  if (!consensus || labels.length === 0) return null;
  const timely = labels.filter(({ extra }) => !extra);
  // Late answers decide nothing, unless there are no others.
  const deciding = timely.length > 0 ? timely : labels;
  const agreeing = deciding.filter(({ class: said }) => said.id === consensus.class.id).length;
  const agreed =
    deciding.length === 1 && agreeing === 1
      ? 'One answer'
      : `Agreed by ${agreeing} of ${deciding.length}`;
  return consensus.isDecided && !gold ? `${agreed}, settled by a correction` : agreed;
}

/**
 * What the last round made of several answers; null where it measured nothing, or where it is
 * known.
 */
export function doubtWords({ consensus, gold, labels }: Agreed) {
  const quality = consensus?.quality ?? null;
  if (quality === null || gold || consensus?.isDecided || labels.length < 2) return null;
  const isDoubtful = quality < doubtfulConsensus;
  return {
    isDoubtful,
    title: isDoubtful ? 'Doubtful' : 'Little doubt',
    text: `Score ${quality.toFixed(2)} from people and model. It orders images by doubt and is no probability.`,
  };
}
