import type { Image } from '../images/image.ports';
import type { RecordedLabel } from './deriveConsensus';

/** The fields of an image that its consensus consists of. */
export type Consensus = Pick<
  Image,
  'consensusClassId' | 'consensusOrigin' | 'consensusAt' | 'consensusQuality' | 'decidedBy'
>;

/** Returns the consensus by a label. Without one the image is unlabelled. */
export const consensusOf = (label: RecordedLabel | null | undefined): Consensus => ({
  consensusClassId: label?.classId ?? null,
  consensusOrigin: label?.origin ?? null,
  consensusAt: label?.createdAt ?? null,
  // It belonged to the previous consensus. The next run measures it again.
  consensusQuality: null,
  decidedBy: null,
});
