import type { SelectQueryBuilder } from 'typeorm';
import { ImageOrder } from '../../../shared/enums';
import { hasLabel, ofMajority } from '../../database/labelMajority';
import type { ListView } from '../../domain/blind';
import type { Image } from './image.entity';

/** A filter with database ids. */
export interface ImageCriteria {
  labelled?: boolean | null;
  classId?: string | null;
  predictedClassId?: string | null;
  minConfidence?: number | null;
  maxConfidence?: number | null;
  heldOut?: boolean | null;
  split?: string | null;
  nameContains?: string | null;
}

/**
 * A filter or an order by a hidden field would reveal it. So an image with a hidden prediction counts
 * as not predicted, and one with hidden answers as not labelled. A gold image counts as if its
 * labels alone decided.
 */

/** SQL: the time of the consensus for people who may not know which images are gold. */
export const consensusTime = `(CASE WHEN image.is_gold THEN ${ofMajority('max(label.created_at)')}
  ELSE image.consensus_at END)`;

const dependsOnPrediction = (
  { predictedClassId, minConfidence, maxConfidence }: ImageCriteria,
  order: ImageOrder | undefined,
): boolean =>
  order === ImageOrder.LEAST_CONFIDENT ||
  order === ImageOrder.MOST_CONFIDENT ||
  predictedClassId != null ||
  minConfidence != null ||
  maxConfidence != null;

const needsLabel = ({ labelled, classId, split }: ImageCriteria, order: ImageOrder | undefined) =>
  order === ImageOrder.RECENTLY_LABELLED || labelled === true || classId != null || split != null;

/** Adds the conditions on predictions that are hidden, and all conditions on labels. */
export function limitToView(
  query: SelectQueryBuilder<Image>,
  criteria: ImageCriteria,
  order: ImageOrder | undefined,
  { hidden, seesGold }: ListView,
): void {
  const { labelled, classId, split } = criteria;
  if (dependsOnPrediction(criteria, order)) leaveOut(query, 'unpredicted', hidden.predictions);
  if (needsLabel(criteria, order)) {
    leaveOut(query, 'unlabelled', hidden.answers);
    if (!seesGold) query.andWhere(`(NOT image.is_gold OR ${hasLabel})`);
  }
  if (labelled === true) query.andWhere('image.consensus_class_id IS NOT NULL');
  if (labelled === false)
    query.andWhere(isUnlabelled(seesGold), { answering: [...hidden.answers] });
  if (classId)
    query.andWhere(
      seesGold
        ? 'image.consensus_class_id = :classId'
        : `(image.consensus_class_id = :classId AND NOT image.is_gold
             OR image.is_gold AND ${ofMajority('label.class_id')} = :classId)`,
      { classId },
    );
  if (split) query.andWhere('image.split = :split', { split });
}

const isUnlabelled = (seesGold: boolean): string =>
  `(image.consensus_class_id IS NULL OR image.id = ANY(:answering)
    ${seesGold ? '' : `OR (image.is_gold AND NOT ${hasLabel})`})`;

function leaveOut(
  query: SelectQueryBuilder<Image>,
  name: string,
  hidden: ReadonlySet<string>,
): void {
  if (hidden.size > 0) query.andWhere(`image.id <> ALL(:${name})`, { [name]: [...hidden] });
}
