import type { Image } from '../images/image.ports';
import type { Label } from './label.entity';

/** Determines the consensus of an image from its labels (docs/decisions/0012). */

/** The fields of an image that its consensus consists of. */
export type Consensus = Pick<
  Image,
  'consensusClassId' | 'consensusOrigin' | 'consensusAt' | 'consensusQuality' | 'decidedBy'
>;

/** Returns the consensus by one deciding label. */
export const consensusOf = (label: Label | undefined): Consensus => ({
  ...settledBy(label),
  decidedBy: null,
});

function settledBy(label: Label | undefined) {
  return {
    consensusClassId: label?.classId ?? null,
    consensusOrigin: label?.origin ?? null,
    consensusAt: label?.createdAt ?? null,
    // It belonged to the previous consensus. The next run measures it again.
    consensusQuality: null,
  };
}

/**
 * Returns the consensus by the labels alone, when nothing else settles the image any more.
 *
 * @param inForce the labels in force of the image, newest first
 */
export const settledByLabels = (inForce: readonly Label[]): Partial<Image> =>
  settledBy(majorityOf(inForce));

/**
 * Returns the consensus after a new label.
 *
 * @param inForce the labels in force of the image, with the new label first
 * @param corrects whether the person saw the consensus and corrected it
 */
export function agreedOn(
  image: Image,
  inForce: readonly [Label, ...Label[]],
  corrects: boolean,
): Partial<Image> {
  const [label] = inForce;
  if (image.consensusClassId === null) return settledBy(label);
  if (image.isGold) return {};
  if (corrects || (label.replaces !== null && label.replaces === image.decidedBy))
    return { ...settledBy(label), decidedBy: label.id };
  if (image.decidedBy) return {};
  return settledBy(majorityOf(inForce));
}

/**
 * Returns the newest label of the class with most people. Extra labels count only if there are no
 * others. `server/database/labelMajority` is the same in SQL.
 *
 * @param labels in force, newest first
 */
export function majorityOf(labels: readonly Label[]): Label | undefined {
  const onlyExtra = labels.every(({ extra }) => extra);
  const deciding = labels.filter(({ extra }) => extra === onlyExtra);
  const votes = (classId: string) => deciding.filter((one) => one.classId === classId).length;
  return deciding.reduce<Label | undefined>(
    (best, one) => (best && votes(best.classId) >= votes(one.classId) ? best : one),
    undefined,
  );
}
