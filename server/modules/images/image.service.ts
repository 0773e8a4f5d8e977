import type { DataSource } from 'typeorm';
import { requireViewer } from '../auth/auth.service';
import { newestOfDatasets } from '../../database/newestOfDatasets';
import { In } from 'typeorm';
import { hasControlCharacters } from '../../../shared/controlCharacters';
import { ImageOrder } from '../../../shared/enums';
import { groupedBy } from '../../domain/groupedBy';
import type { BlindGuard, ListView } from '../../domain/blind';
import type { Viewer } from '../../domain/viewer';
import { InvalidInputError, NotFoundError } from '../../domain/errors';
import { confidenceOf } from '../../domain/shares';
import type { Page, PageRequest } from '../../domain/page';
import { isReviewer, type Dataset } from '../datasets/dataset.ports';
import type { DatasetService } from '../datasets/dataset.service';
import type { DatasetAction } from '../datasets/dataset.ports';
import type { ImageRepository } from './image.repository';
import { Image } from './image.entity';
import type { ImageFilter } from './image.type';
import { Import } from './imports/import.entity';
import type { ImageCriteria } from './listView';

const importsShown = 20;

export class ImageService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly datasets: DatasetService,
    private readonly images: ImageRepository,
    private readonly blinds: BlindGuard,
  ) {}

  async open(viewer: Viewer | null, id: string, action: DatasetAction): Promise<Image> {
    requireViewer(viewer);
    const image = await this.dataSource.manager.findOneBy(Image, { id });
    if (!image) throw new NotFoundError('Image', id);
    await this.datasets.open(viewer, image.datasetId, action);
    return image;
  }

  /** What lists of the dataset's images may depend on, for the viewer. */
  async viewOf(viewer: Viewer | null, dataset: Dataset): Promise<ListView> {
    return { hidden: await this.blinds.of(viewer), seesGold: isReviewer(viewer, dataset) };
  }

  /** The caller has opened the dataset for viewing. */
  page(
    dataset: Dataset,
    filter: ImageFilter | undefined,
    order: ImageOrder,
    request: PageRequest,
    view: ListView,
  ): Promise<Page<Image>> {
    return this.images.page(dataset, criteriaOf(filter), order, request, view);
  }

  count(
    dataset: Dataset,
    filter: ImageFilter | undefined,
    order: ImageOrder,
    view: ListView,
  ): Promise<number> {
    return this.images.count(dataset, criteriaOf(filter), order, view);
  }

  /**
   * Returns the ids of the images at these ordinals that pass the filter. The caller has opened the
   * dataset.
   */
  atOrdinals(
    dataset: Dataset,
    filter: ImageFilter | undefined,
    ordinals: readonly number[],
    view: ListView,
  ): Promise<Map<number, string>> {
    return this.images.matchingOrdinals(dataset, criteriaOf(filter), ordinals, view);
  }

  readonly byId = (ids: readonly string[]): Promise<Map<string, Image>> => this.images.byId(ids);

  readonly embedded = (ids: readonly string[]): Promise<Map<string, boolean>> =>
    this.images.embedded(ids);

  readonly importsById = async (ids: readonly string[]): Promise<Map<string, Import>> => {
    const imports = await this.dataSource.manager.findBy(Import, { id: In([...ids]) });
    return new Map(imports.map((one) => [one.id, one]));
  };

  readonly importsOf = async (datasetIds: readonly string[]): Promise<Map<string, Import[]>> => {
    const ids = await newestOfDatasets(this.dataSource, 'import', datasetIds, importsShown);
    const imports = await this.dataSource.manager.find(Import, {
      where: { id: In(ids) },
      order: { createdAt: 'DESC', id: 'DESC' },
    });
    return groupedBy(datasetIds, imports, ({ datasetId }) => datasetId);
  };
}

function criteriaOf(filter: ImageFilter | undefined): ImageCriteria {
  const criteria: ImageCriteria = { ...filter };
  for (const field of ['minConfidence', 'maxConfidence'] as const) {
    const value = filter?.[field];
    if (value != null) criteria[field] = confidenceOf(`filter.${field}`, value);
  }
  if (hasControlCharacters(filter?.nameContains ?? ''))
    throw new InvalidInputError('filter.nameContains', 'A name contains no control characters.');
  return criteria;
}
