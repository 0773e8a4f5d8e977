import type { DataSource, EntityManager } from 'typeorm';
import { LabelOrigin } from '../../../shared/enums';
import { limits } from '../../../shared/limits';
import type { Viewer } from '../../graphql/context';
import { InvalidInputError, LimitExceededError, NotFoundError } from '../../graphql/domainErrors';
import { fromGlobalId } from '../../graphql/globalId';
import { Class } from '../datasets/class.entity';
import type { Dataset } from '../datasets/dataset.entity';
import type { DatasetService } from '../datasets/dataset.service';
import type { EventStore } from '../events/eventStore';
import { Image } from '../images/image.entity';
import { placeInSplit } from '../labels/splitPlacer';
import { Gold } from './gold.entity';

/** Images whose right class is known. They are asked about like any other, and their answers change nothing. */
export class GoldService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly datasets: DatasetService,
    private readonly events: EventStore,
  ) {}

  /** From then on the image is agreed to be of this class, whatever is answered. */
  async set(viewer: Viewer | null, imageId: string, classId: string): Promise<Dataset> {
    const image = await this.image(imageId);
    const { viewer: person, dataset } = await this.datasets.openById(
      viewer,
      image.datasetId,
      'manage',
    );
    const found = await this.dataSource.manager.findOneBy(Class, {
      id: fromGlobalId('Class', classId),
    });
    if (!found) throw new NotFoundError('class', classId);
    if (found.datasetId !== dataset.id || found.archivedAt)
      throw new InvalidInputError('classId', `“${found.name}” is no class of this dataset now.`);
    await this.dataSource.transaction(async (manager) => {
      await this.refuseTooMany(manager, dataset.id);
      const locked = await lock(manager, image.id);
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
    });
    return dataset;
  }

  /** It stays agreed to be what it was; the next answer decides anew. */
  async remove(viewer: Viewer | null, imageId: string): Promise<Dataset> {
    const image = await this.image(imageId);
    const { viewer: person, dataset } = await this.datasets.openById(
      viewer,
      image.datasetId,
      'manage',
    );
    await this.dataSource.transaction(async (manager) => {
      await lock(manager, image.id);
      await manager.delete(Gold, { imageId: image.id });
      await this.announce(manager, dataset.id, person);
    });
    return dataset;
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

  private async image(globalId: string): Promise<Image> {
    const id = fromGlobalId('Image', globalId);
    const image = await this.dataSource.manager.findOneBy(Image, { id });
    if (!image) throw new NotFoundError('image', globalId);
    return image;
  }

  private async refuseTooMany(manager: EntityManager, datasetId: string): Promise<void> {
    const count = await manager.countBy(Gold, { datasetId });
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

const lock = (manager: EntityManager, id: string) =>
  manager.findOneOrFail(Image, { where: { id }, lock: { mode: 'pessimistic_write' } });

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
    decidedBy: null,
    ...(split && { split }),
  };
}
