import type { EntityManager } from 'typeorm';
import type { Image } from '../images/image.ports';
import { Label } from './label.entity';

/**
 * Determines the consensus of an image (docs/decisions/0012). Everything runs in the transaction
 * that locked the image.
 */

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

/** Returns the consensus by the labels alone, when nothing else settles the image any more. */
export async function settledByLabels(
  manager: EntityManager,
  imageId: string,
): Promise<Partial<Image>> {
  return settledBy(await majority(manager, imageId));
}

/** Returns the consensus after a new label. */
export async function agreedOn(
  manager: EntityManager,
  image: Image,
  label: Label,
  corrects: boolean,
): Promise<Partial<Image>> {
  if (image.consensusClassId === null) return settledBy(label);
  if (image.isGold) return {};
  if (corrects || (label.replaces !== null && label.replaces === image.decidedBy))
    return { ...settledBy(label), decidedBy: label.id };
  if (image.decidedBy) return {};
  return settledBy(await majority(manager, image.id));
}

async function majority(manager: EntityManager, imageId: string): Promise<Label | undefined> {
  const labels = await manager.find(Label, {
    where: { imageId, inForce: true },
    order: { createdAt: 'DESC', id: 'DESC' },
  });
  return majorityOf(labels);
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
