import type { EntityManager } from 'typeorm';
import type { Image } from '../images/image.entity';
import { Label } from './label.entity';

/** What an image is agreed to be (docs/decisions/0012). All of it runs inside the transaction that locked the image. */

function consensusOf(label: Label | undefined) {
  return {
    consensusClassId: label?.classId ?? null,
    consensusOrigin: label?.origin ?? null,
    consensusAt: label?.createdAt ?? null,
    // Of another state of affairs; the next run measures it anew.
    consensusQuality: null,
  };
}

/** What an image is by its answers alone, when nothing else settles it any more. */
export async function settledByLabels(
  manager: EntityManager,
  imageId: string,
): Promise<Partial<Image>> {
  return consensusOf(await majority(manager, imageId));
}

/** What a new label makes of the image. */
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

/** The newest label of the class that most people named; extra ones count where there are no others. */
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
