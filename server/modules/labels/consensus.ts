import type { EntityManager } from 'typeorm';
import type { Image } from '../images/image.ports';
import { Label } from './label.entity';

/**
 * Determines the consensus of an image (docs/decisions/0012). Everything runs in the transaction
 * that locked the image.
 */

function consensusOf(label: Label | undefined) {
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
  return consensusOf(await majority(manager, imageId));
}

/** Returns the consensus after a new label. */
export async function agreedOn(
  manager: EntityManager,
  image: Image,
  label: Label,
  corrects: boolean,
): Promise<Partial<Image>> {
  if (image.consensusClassId === null) return consensusOf(label);
  if (await isGold(manager, image.id)) return {};
  if (corrects || (label.replaces !== null && label.replaces === image.decidedBy))
    return { ...consensusOf(label), decidedBy: label.id };
  if (image.decidedBy) return {};
  return consensusOf(await majority(manager, image.id));
}

export const isGold = async (manager: EntityManager, imageId: string): Promise<boolean> =>
  (await manager.query<unknown[]>('SELECT 1 FROM gold WHERE image_id = $1', [imageId])).length > 0;

/**
 * Returns the newest label of the class with most people. Extra labels count only if there are no
 * others.
 */
async function majority(manager: EntityManager, imageId: string): Promise<Label | undefined> {
  const labels = await manager.find(Label, {
    where: { imageId, inForce: true },
    order: { extra: 'ASC', createdAt: 'DESC', id: 'DESC' },
  });
  const deciding = labels.filter(({ extra }) => extra === labels[0]?.extra);
  const votes = (classId: string) => deciding.filter((one) => one.classId === classId).length;
  return deciding.reduce<Label | undefined>(
    (best, one) => (best && votes(best.classId) >= votes(one.classId) ? best : one),
    undefined,
  );
}
