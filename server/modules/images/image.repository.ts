import { In, type DataSource, type EntityManager, type SelectQueryBuilder } from 'typeorm';
import { lockRow } from '../../database/rowLock';
import type { ListView } from '../../domain/blind';
import { ImageOrder } from '../../../shared/enums';
import { toPage, type KeyPart, type Page, type PageRequest, type SortKey } from '../../domain/page';
import type { Dataset } from '../datasets/dataset.ports';
import { Image } from './image.entity';
import type { ImageRows, SettledImages } from './image.ports';
import { consensusTime, limitToView, type ImageCriteria } from './listView';

interface Ordering {
  /** SQL of the sort key before the ordinal, if any, and the type of its text. */
  key?: string;
  part?: KeyPart;
  direction: 'ASC' | 'DESC';
  /** Rows without a key are left out. */
  keyRequired: boolean;
}

const orderings: Record<ImageOrder, Ordering> = {
  [ImageOrder.UPLOADED]: { direction: 'ASC', keyRequired: false },
  [ImageOrder.NAME]: { key: 'image.file_name', part: 'text', direction: 'ASC', keyRequired: false },
  [ImageOrder.LEAST_CONFIDENT]: {
    key: 'prediction.confidence',
    part: 'fraction',
    direction: 'ASC',
    keyRequired: true,
  },
  [ImageOrder.MOST_CONFIDENT]: {
    key: 'prediction.confidence',
    part: 'fraction',
    direction: 'DESC',
    keyRequired: true,
  },
  [ImageOrder.RECENTLY_LABELLED]: {
    key: 'image.consensus_at',
    part: 'instant',
    direction: 'DESC',
    keyRequired: true,
  },
};

/** Returns the parts of an order's cursors. */
export function sortKeyOf(order: ImageOrder): KeyPart[] {
  const { part } = orderings[order];
  return part ? [part, 'integer'] : ['integer'];
}

export class ImageRepository implements ImageRows {
  constructor(private readonly dataSource: DataSource) {}

  find(id: string): Promise<Image | null> {
    return this.dataSource.manager.findOneBy(Image, { id });
  }

  get(manager: EntityManager, id: string): Promise<Image> {
    return manager.findOneByOrFail(Image, { id });
  }

  /** Returns those of the ids that exist. */
  readonly existing = async (ids: readonly string[]): Promise<Set<string>> => {
    const rows: { id: string }[] = await this.dataSource.query(
      'SELECT id FROM image WHERE id = ANY($1::uuid[])',
      [ids],
    );
    return new Set(rows.map(({ id }) => id));
  };

  lock(manager: EntityManager, id: string): Promise<Image> {
    return lockRow(manager, Image, id);
  }

  async lockUnlabelled(manager: EntityManager, ids: readonly string[]): Promise<Set<string>> {
    const rows: { id: string }[] = await manager.query(
      `SELECT id FROM image WHERE id = ANY($1::uuid[]) AND consensus_class_id IS NULL
       ORDER BY id FOR NO KEY UPDATE`,
      [ids],
    );
    return new Set(rows.map(({ id }) => id));
  }

  async settle(
    manager: EntityManager,
    { classId, origin, imageIds, splits }: SettledImages,
  ): Promise<void> {
    await manager.query(
      `UPDATE image SET consensus_class_id = $1, consensus_origin = $2, consensus_at = clock_timestamp(),
         version = version + 1, split = coalesce(image.split, given.split)
       FROM unnest($3::uuid[], $4::text[]) AS given (id, split) WHERE image.id = given.id`,
      [classId, origin, imageIds, splits],
    );
  }

  async change(manager: EntityManager, id: string, changes: Partial<Image>): Promise<void> {
    await manager.update(Image, { id }, changes);
  }

  async page(
    dataset: Dataset,
    criteria: ImageCriteria,
    order: ImageOrder,
    request: PageRequest,
    view: ListView,
  ): Promise<Page<Image>> {
    const { part, direction, keyRequired } = orderings[order];
    const key = keyOf(order, view);
    const query = this.matching(dataset, criteria, view, order);
    if (key) {
      query.addSelect(`(${key})::text`, 'sort_key').orderBy(key, direction);
      if (keyRequired) query.andWhere(`${key} IS NOT NULL`);
    }
    query.addOrderBy('image.ordinal', direction).limit(request.first + 1);
    if (request.after) goOnAfter(query, key ? { key, part } : undefined, direction, request.after);
    const { entities, raw } = await query.getRawAndEntities<{ sort_key?: string }>();
    const keys = new Map(entities.map((image, index) => [image.id, raw[index]?.sort_key ?? null]));
    return toPage(entities, request.first, (image) =>
      key ? [keys.get(image.id) ?? null, image.ordinal] : [image.ordinal],
    );
  }

  count(
    dataset: Dataset,
    criteria: ImageCriteria,
    order: ImageOrder,
    view: ListView,
  ): Promise<number> {
    const key = keyOf(order, view);
    const query = this.matching(dataset, criteria, view, order);
    if (key && orderings[order].keyRequired) query.andWhere(`${key} IS NOT NULL`);
    return query.getCount();
  }

  async byId(ids: readonly string[]): Promise<Map<string, Image>> {
    const images = await this.dataSource.manager.findBy(Image, { id: In([...ids]) });
    return new Map(images.map((image) => [image.id, image]));
  }

  /** Returns the images that are embedded with their dataset's backbone. */
  async embedded(ids: readonly string[]): Promise<Map<string, boolean>> {
    const rows: { id: string }[] = await this.dataSource.query(
      `SELECT e.image_id AS id FROM embedding e JOIN dataset d ON d.id = e.dataset_id AND d.backbone_id = e.backbone_id
       WHERE e.image_id = ANY($1)`,
      [ids],
    );
    const found = new Set(rows.map((row) => row.id));
    return new Map(ids.map((id) => [id, found.has(id)]));
  }

  /** Returns the ids of the images at these ordinals that meet the criteria, by ordinal. */
  async matchingOrdinals(
    dataset: Dataset,
    criteria: ImageCriteria,
    ordinals: readonly number[],
    view: ListView,
  ): Promise<Map<number, string>> {
    const rows = await this.matching(dataset, criteria, view)
      .andWhere('image.ordinal = ANY(:ordinals)', { ordinals: [...ordinals] })
      .select(['image.ordinal AS ordinal', 'image.id AS id'])
      .getRawMany<{ ordinal: number; id: string }>();
    return new Map(rows.map(({ ordinal, id }) => [ordinal, id]));
  }

  private matching(
    dataset: Dataset,
    criteria: ImageCriteria,
    view: ListView,
    order?: ImageOrder,
  ): SelectQueryBuilder<Image> {
    const query = this.dataSource.manager
      .createQueryBuilder(Image, 'image')
      .leftJoin(
        'prediction',
        'prediction',
        'prediction.image_id = image.id AND prediction.run_id = :currentRunId',
        { currentRunId: dataset.currentRunId },
      )
      .where('image.dataset_id = :datasetId', { datasetId: dataset.id });
    limitToView(query, criteria, order, view);
    const { predictedClassId, minConfidence, maxConfidence } = criteria;
    if (predictedClassId)
      query.andWhere('prediction.class_id = :predictedClassId', { predictedClassId });
    if (minConfidence != null)
      query.andWhere('prediction.confidence >= :minConfidence', { minConfidence });
    if (maxConfidence != null)
      query.andWhere('prediction.confidence <= :maxConfidence', { maxConfidence });
    if (criteria.heldOut != null)
      query.andWhere('image.held_out = :heldOut', { heldOut: criteria.heldOut });
    if (criteria.nameContains)
      query.andWhere('position(lower(:name) IN lower(image.file_name)) > 0', {
        name: criteria.nameContains,
      });
    return query;
  }
}

/** SQL of the sort key before the ordinal, as the person may know it. */
const keyOf = (order: ImageOrder, { seesGold }: ListView): string | undefined =>
  order === ImageOrder.RECENTLY_LABELLED && !seesGold ? consensusTime : orderings[order].key;

const castOf = {
  fraction: 'real',
  instant: 'timestamptz',
  text: 'text',
  integer: 'integer',
  uuid: 'uuid',
};

function goOnAfter(
  query: SelectQueryBuilder<Image>,
  sort: { key: string; part: KeyPart | undefined } | undefined,
  direction: 'ASC' | 'DESC',
  after: SortKey,
): void {
  const comparison = direction === 'ASC' ? '>' : '<';
  if (!sort) query.andWhere(`image.ordinal ${comparison} :ordinal`, { ordinal: after[0] });
  else
    query.andWhere(
      `(${sort.key}, image.ordinal) ${comparison} (:key::text::${castOf[sort.part ?? 'text']}, :ordinal::int)`,
      {
        key: after[0],
        ordinal: after[1],
      },
    );
}
