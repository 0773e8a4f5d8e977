import { type DataSource, type EntityManager, Not } from 'typeorm';
import { LabelOrigin } from '../../../shared/enums';
import { limits } from '../../../shared/limits';
import type { Viewer } from '../../domain/viewer';
import {
  ForbiddenError,
  InvalidInputError,
  LimitExceededError,
  NotFoundError,
} from '../../domain/errors';
import type { ClassService } from '../datasets/class.service';
import { isReviewer, type Dataset } from '../datasets/dataset.ports';
import type { DatasetService } from '../datasets/dataset.service';
import type { EventRecorder } from '../events/event.ports';
import type { Image, ImageRows } from '../images/image.ports';
import type { LabelService } from '../labels/label.service';
import type { SetGoldImageInput } from './annotator.type';
import { Gold } from './gold.entity';
import type { GoldRepository } from './gold.repository';
import type { SecondOpinions } from './secondOpinions';

interface Changed {
  dataset: Dataset;
  image: Image;
}

export interface GoldServiceParts {
  dataSource: DataSource;
  datasets: DatasetService;
  classes: ClassService;
  images: ImageRows;
  labels: LabelService;
  golds: GoldRepository;
  secondOpinions: SecondOpinions;
  events: EventRecorder;
}

/**
 * Manages gold images. They are offered as normal tasks, and their answers do not change the
 * consensus.
 */
export class GoldService {
  constructor(private readonly parts: GoldServiceParts) {}

  /** Sets the known class, which is the image's consensus from then on. */
  async set(viewer: Viewer | null, input: SetGoldImageInput): Promise<Changed> {
    const { image, person, dataset } = await this.open(viewer, input.imageId);
    const { classId } = input;
    const { images, labels } = this.parts;
    const found = await this.parts.classes.find(classId);
    if (!found) throw new NotFoundError('Class', classId);
    if (found.datasetId !== dataset.id || found.archivedAt)
      throw new InvalidInputError(
        'classId',
        `“${found.name}” is archived or belongs to another dataset. Choose another class.`,
      );
    const changed = await this.parts.dataSource.transaction(async (manager) => {
      const locked = await images.lock(manager, image.id);
      await this.refuseTooMany(manager, dataset.id, image.id);
      const row = {
        imageId: image.id,
        datasetId: dataset.id,
        classId: found.id,
        userId: person.id,
      };
      await manager.upsert(Gold, row, ['imageId']);
      await labels.settleByGold(manager, locked, found.id);
      const changes = await this.settledAs(manager, dataset, locked, found.id);
      await images.change(manager, image.id, changes);
      await this.parts.secondOpinions.remove(manager, image.id);
      await this.announce(manager, dataset.id, person);
      return images.get(manager, image.id);
    });
    return { dataset, image: changed };
  }

  /**
   * Removes the known class. The image's labels decide at once; without any it is unlabelled again.
   */
  async remove(viewer: Viewer | null, imageId: string): Promise<Changed> {
    const { image, person, dataset } = await this.open(viewer, imageId);
    const { images, labels } = this.parts;
    const changed = await this.parts.dataSource.transaction(async (manager) => {
      const locked = await images.lock(manager, image.id);
      const { affected } = await manager.delete(Gold, { imageId: image.id });
      // Two people may remove it at the same time. The second call changes nothing.
      if (!affected) return locked;
      const agreed = await labels.settleWithoutGold(manager, locked);
      await images.change(manager, image.id, {
        version: locked.version + 1,
        isGold: false,
        ...agreed,
      });
      await this.parts.secondOpinions.refresh(manager, dataset, image.id);
      await this.announce(manager, dataset.id, person);
      return images.get(manager, image.id);
    });
    return { dataset, image: changed };
  }

  /** Newest first. Empty for people who may be asked about them. */
  async ofDataset(viewer: Viewer | null, dataset: Dataset): Promise<Gold[]> {
    if (!isReviewer(viewer, dataset)) return [];
    return (await this.parts.golds.ofDatasets([dataset.id])).get(dataset.id) ?? [];
  }

  /** By image. Only for reviewers. */
  readonly ofImages = (imageIds: readonly string[]): Promise<Map<string, Gold>> =>
    this.parts.golds.ofImages(imageIds);

  /** Opens an image for a reviewer. @throws NotFoundError, ForbiddenError */
  private async open(viewer: Viewer | null, imageId: string) {
    const image = await this.parts.images.find(imageId);
    if (!image) throw new NotFoundError('Image', imageId);
    const opened = await this.parts.datasets.open(viewer, image.datasetId, 'manage');
    if (!isReviewer(viewer, opened.dataset))
      throw new ForbiddenError(
        'Only the person who created the dataset can see and change gold images. Ask this person.',
      );
    return { image, person: opened.viewer, dataset: opened.dataset };
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
    return this.parts.events.record(manager, {
      datasetId,
      type: 'dataset.changed',
      payload: {},
      actorId: person.id,
    });
  }

  private async settledAs(
    manager: EntityManager,
    dataset: Dataset,
    image: Image,
    classId: string,
  ): Promise<Partial<Image>> {
    const needsPlace = !image.split && !image.heldOut;
    const [split] = needsPlace
      ? await this.parts.classes.placeInSplit(manager, dataset.splitSeed, classId, 1)
      : [];
    // The version stays, because it would show annotators which image became gold.
    return {
      isGold: true,
      consensusClassId: classId,
      consensusOrigin: LabelOrigin.HAND,
      consensusAt: new Date(),
      decidedBy: null,
      ...(split && { split }),
    };
  }
}
