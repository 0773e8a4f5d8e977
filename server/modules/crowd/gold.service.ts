import { type DataSource, type EntityManager, In, Not } from 'typeorm';
import { lockRow } from '../../database/rowLock';
import { LabelOrigin } from '../../../shared/enums';
import { limits } from '../../../shared/limits';
import type { Viewer } from '../../domain/viewer';
import { InvalidInputError, LimitExceededError, NotFoundError } from '../../domain/errors';
import { Class } from '../datasets/class.entity';
import type { Dataset } from '../datasets/dataset.ports';
import type { DatasetService } from '../datasets/dataset.service';
import type { EventRecorder } from '../events/event.ports';
import { Image } from '../images/image.entity';
import { settledByLabels } from '../labels/consensus';
import { placeInSplit } from '../labels/splitPlacer';
import type { SetGoldImageInput } from './annotator.type';
import { Gold } from './gold.entity';
import type { SecondOpinions } from './secondOpinions';

interface Changed {
  dataset: Dataset;
  image: Image;
}

/**
 * Manages gold images. They are offered as normal tasks, and their answers do not change the
 * consensus.
 */
export class GoldService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly datasets: DatasetService,
    private readonly events: EventRecorder,
    private readonly secondOpinions: SecondOpinions,
  ) {}

  /** Sets the known class, which is the image's consensus from then on. */
  async set(viewer: Viewer | null, input: SetGoldImageInput): Promise<Changed> {
    const image = await this.image(input.imageId);
    const { viewer: person, dataset } = await this.datasets.open(viewer, image.datasetId, 'manage');
    const { classId } = input;
    const found = await this.dataSource.manager.findOneBy(Class, { id: classId });
    if (!found) throw new NotFoundError('Class', classId);
    if (found.datasetId !== dataset.id || found.archivedAt)
      throw new InvalidInputError('classId', `“${found.name}” is no class of this dataset now.`);
    const changed = await this.dataSource.transaction(async (manager) => {
      const locked = await lockRow(manager, Image, image.id);
      await this.refuseTooMany(manager, dataset.id, image.id);
      const row = {
        imageId: image.id,
        datasetId: dataset.id,
        classId: found.id,
        userId: person.id,
      };
      await manager.upsert(Gold, row, ['imageId']);
      await manager.update(
        Image,
        { id: image.id },
        await settled(manager, dataset, locked, found.id),
      );
      await manager.query('DELETE FROM second_opinion WHERE image_id = $1', [image.id]);
      await this.announce(manager, dataset.id, person);
      return manager.findOneByOrFail(Image, { id: image.id });
    });
    return { dataset, image: changed };
  }

  /**
   * Removes the known class. The image's labels decide at once; without any it is unlabelled again.
   */
  async remove(viewer: Viewer | null, imageId: string): Promise<Changed> {
    const image = await this.image(imageId);
    const { viewer: person, dataset } = await this.datasets.open(viewer, image.datasetId, 'manage');
    const changed = await this.dataSource.transaction(async (manager) => {
      const locked = await lockRow(manager, Image, image.id);
      const { affected } = await manager.delete(Gold, { imageId: image.id });
      // Two people may remove it at the same time. The second call changes nothing.
      if (!affected) return locked;
      const agreed = await settledByLabels(manager, image.id);
      await manager.update(Image, { id: image.id }, { version: locked.version + 1, ...agreed });
      await this.secondOpinions.refresh(manager, dataset, image.id);
      await this.announce(manager, dataset.id, person);
      return manager.findOneByOrFail(Image, { id: image.id });
    });
    return { dataset, image: changed };
  }

  /** Newest first, by dataset. */
  readonly ofDatasets = async (datasetIds: readonly string[]): Promise<Map<string, Gold[]>> => {
    const rows = await this.dataSource.manager
      .createQueryBuilder(Gold, 'gold')
      .where('gold.datasetId = ANY(:datasetIds)', { datasetIds })
      .orderBy('gold.createdAt', 'DESC')
      .getMany();
    return new Map(datasetIds.map((id) => [id, rows.filter((row) => row.datasetId === id)]));
  };

  readonly ofImages = async (imageIds: readonly string[]): Promise<Map<string, Gold>> => {
    const rows = await this.dataSource.manager.findBy(Gold, { imageId: In([...imageIds]) });
    return new Map(rows.map((row) => [row.imageId, row]));
  };

  private async image(id: string): Promise<Image> {
    const image = await this.dataSource.manager.findOneBy(Image, { id });
    if (!image) throw new NotFoundError('Image', id);
    return image;
  }

  /** An image that is gold already only changes its class. */
  private async refuseTooMany(
    manager: EntityManager,
    datasetId: string,
    imageId: string,
  ): Promise<void> {
    const count = await manager.countBy(Gold, { datasetId, imageId: Not(imageId) });
    if (count >= limits.maxGoldImages)
      throw new LimitExceededError('gold images', limits.maxGoldImages, count + 1);
  }

  private announce(manager: EntityManager, datasetId: string, person: Viewer): Promise<void> {
    return this.events.record(manager, {
      datasetId,
      type: 'dataset.changed',
      payload: {},
      actorId: person.id,
    });
  }
}

async function settled(
  manager: EntityManager,
  dataset: Dataset,
  image: Image,
  classId: string,
): Promise<Partial<Image>> {
  const needsPlace = !image.split && !image.heldOut;
  const [split] = needsPlace ? await placeInSplit(manager, dataset.splitSeed, classId, 1) : [];
  return {
    version: image.version + 1,
    consensusClassId: classId,
    consensusOrigin: LabelOrigin.HAND,
    consensusAt: new Date(),
    consensusQuality: null,
    decidedBy: null,
    ...(split && { split }),
  };
}
