import type { EntityManager } from 'typeorm';
import { insertRows } from '../../database/insertRows';
import { v7 as uuid } from 'uuid';
import { LabelOrigin, type Split } from '../../../shared/enums';
import type { ClassService } from '../datasets/class.service';
import type { Dataset } from '../datasets/dataset.ports';
import type { ImportedLabel, ImportedLabels } from '../images/image.ports';
import { Label } from './label.entity';

/** One label of the class for each image, with the split of that image. */
interface LabelsOfClass {
  datasetId: string;
  userId: string;
  classId: string;
  imageIds: readonly string[];
  splits: readonly Split[];
}

/**
 * Records labels that came with files. They settle images without a consensus, and change no
 * others.
 */
export class LabelImporter implements ImportedLabels {
  constructor(private readonly classes: ClassService) {}

  async import(
    manager: EntityManager,
    dataset: Dataset,
    personId: string,
    given: readonly ImportedLabel[],
  ): Promise<void> {
    const open = await lockOpen(manager, given);
    const byImage = new Map(open.map(({ image, classId }) => [image.id, classId]));
    const byClass = new Map<string, string[]>();
    for (const [imageId, classId] of byImage)
      byClass.set(classId, [...(byClass.get(classId) ?? []), imageId]);
    // Always in the same order, so that two imports cannot deadlock on each other's classes.
    for (const classId of [...byClass.keys()].sort()) {
      const imageIds = byClass.get(classId) ?? [];
      const splits = await this.classes.placeInSplit(
        manager,
        dataset.splitSeed,
        classId,
        imageIds.length,
      );
      await this.record(manager, {
        datasetId: dataset.id,
        userId: personId,
        classId,
        imageIds,
        splits,
      });
    }
  }

  private async record(
    manager: EntityManager,
    { datasetId, userId, classId, imageIds, splits }: LabelsOfClass,
  ): Promise<void> {
    const origin = LabelOrigin.IMPORTED;
    const labels = imageIds.map((imageId) =>
      manager.create(Label, {
        id: uuid(),
        datasetId,
        imageId,
        classId,
        userId,
        origin,
        extra: false,
      }),
    );
    await insertRows(manager, Label, labels);
    await manager.query(
      `INSERT INTO label_event (dataset_id, image_id, label_id, class_id, user_id, kind, origin)
       SELECT dataset_id, image_id, id, class_id, user_id, 'recorded', origin FROM label WHERE id = ANY($1)`,
      [labels.map((label) => label.id)],
    );
    await manager.query(
      `UPDATE image SET consensus_class_id = $1, consensus_origin = $2, consensus_at = clock_timestamp(),
         version = version + 1, split = coalesce(image.split, given.split)
       FROM unnest($3::uuid[], $4::text[]) AS given (id, split) WHERE image.id = given.id`,
      [classId, origin, imageIds, splits],
    );
  }
}

/**
 * Locks the images that have no consensus. Images are locked before classes, as an answer locks them,
 * so that the two cannot deadlock.
 */
async function lockOpen(
  manager: EntityManager,
  given: readonly ImportedLabel[],
): Promise<ImportedLabel[]> {
  const rows: { id: string }[] = await manager.query(
    `SELECT id FROM image WHERE id = ANY($1::uuid[]) AND consensus_class_id IS NULL
     ORDER BY id FOR NO KEY UPDATE`,
    [given.map(({ image }) => image.id)],
  );
  const open = new Set(rows.map(({ id }) => id));
  return given.filter(({ image }) => open.has(image.id));
}
