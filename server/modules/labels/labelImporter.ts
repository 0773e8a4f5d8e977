import type { EntityManager } from 'typeorm';
import { LabelOrigin } from '../../../shared/enums';
import type { ClassService } from '../datasets/class.service';
import type { Dataset } from '../datasets/dataset.ports';
import type { ImageRows, ImportedLabel, ImportedLabels } from '../images/image.ports';
import type { LabelRepository } from './label.repository';

/**
 * Records labels that came with files. They settle images without a consensus, and change no
 * others.
 */
export class LabelImporter implements ImportedLabels {
  constructor(
    private readonly classes: ClassService,
    private readonly images: ImageRows,
    private readonly labels: LabelRepository,
  ) {}

  async import(
    manager: EntityManager,
    { id: datasetId, splitSeed }: Dataset,
    userId: string,
    given: readonly ImportedLabel[],
  ): Promise<void> {
    // An answer locks its image before its class. The other order could deadlock with it.
    const ids = given.map(({ image }) => image.id);
    const unlabelled = await this.images.lockUnlabelled(manager, ids);
    const open = given.filter(({ image }) => unlabelled.has(image.id));
    // Always in the same order, so that two imports cannot deadlock on each other's classes.
    for (const [classId, imageIds] of imagesByClass(open)) {
      const count = imageIds.length;
      const splits = await this.classes.placeInSplit(manager, splitSeed, classId, count);
      const labels = imageIds.map((imageId) => ({ datasetId, imageId, classId, userId }));
      await this.labels.insertImported(manager, labels);
      const origin = LabelOrigin.IMPORTED;
      await this.images.settle(manager, { classId, origin, imageIds, splits });
    }
  }
}

/** Each image once, with its last class. Classes are sorted by id. */
function imagesByClass(labels: readonly ImportedLabel[]): [string, string[]][] {
  const byImage = new Map(labels.map(({ image, classId }) => [image.id, classId]));
  const byClass = new Map<string, string[]>();
  for (const [imageId, classId] of byImage)
    byClass.set(classId, [...(byClass.get(classId) ?? []), imageId]);
  return [...byClass].sort(([a], [b]) => (a < b ? -1 : 1));
}
