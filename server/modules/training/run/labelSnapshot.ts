import type { DataSource } from 'typeorm';
import { Split } from '../../../../shared/enums';

/** Labelled images. Row r of every array is the same image. */
export interface LabelledSet {
  ordinals: Int32Array;
  /** Column of each image's class. */
  labels: Int32Array;
  /** 1 where the image belongs to the random sample. */
  sampled: Uint8Array;
  splits: readonly Split[];
}

/** The labels of a dataset at one moment. */
export interface LabelSnapshot {
  /** The last label event that is part of the snapshot. */
  eventId: string;
  /** All images with an agreed class, embedded or not. */
  labelCount: number;
  /** The class of each column of a head. */
  classIds: string[];
  /** The embedded images of these classes. */
  labelled: LabelledSet;
}

/** The images of one split. */
export function rowsOfSplit(set: LabelledSet, split: Split): LabelledSet {
  const inSplit = (_: unknown, row: number) => set.splits[row] === split;
  return {
    ordinals: set.ordinals.filter(inSplit),
    labels: set.labels.filter(inSplit),
    sampled: set.sampled.filter(inSplit),
    splits: set.splits.filter(inSplit),
  };
}

interface LabelRow {
  ordinal: number;
  class_id: string;
  split: Split | null;
  sampled: boolean;
}

/**
 * The random sample: the images before the first unlabelled one in the dataset's random order. Together they are a
 * random draw, even where another strategy chose them first. Images that somebody skipped do not end the sample.
 */
const isSampled = `image.shuffle < coalesce((SELECT min(open.shuffle)::bigint FROM image open
  WHERE open.dataset_id = $1 AND open.consensus_class_id IS NULL AND NOT open.held_out
    AND NOT EXISTS (SELECT 1 FROM skip WHERE skip.image_id = open.id)), 2147483648)`;

/**
 * Reads the agreed classes of a dataset's images at this moment. It leaves out held-out images, archived classes, and
 * classes without a label in the splits of `learnFrom`.
 *
 * @param present 1 where the ordinal has an embedding
 */
export async function readLabelSnapshot(
  dataSource: DataSource,
  datasetId: string,
  present: Uint8Array,
  learnFrom: readonly Split[] = Object.values(Split),
): Promise<LabelSnapshot> {
  const { rows, eventId } = await readAgreedClasses(dataSource, datasetId);
  const embedded = rows
    .filter(({ ordinal }) => present[ordinal])
    .map((row) => ({ ...row, split: row.split ?? Split.TRAIN }));
  const learnt = embedded.filter(({ split }) => learnFrom.includes(split));
  const classIds = [...new Set(learnt.map(({ class_id: id }) => id))];
  const column = new Map(classIds.map((id, index) => [id, index]));
  const labelled = embedded.filter(({ class_id: id }) => column.has(id));
  return {
    eventId,
    labelCount: rows.length,
    classIds,
    labelled: {
      ordinals: Int32Array.from(labelled, ({ ordinal }) => ordinal),
      labels: Int32Array.from(labelled, ({ class_id: id }) => column.get(id)!),
      sampled: Uint8Array.from(labelled, ({ sampled }) => (sampled ? 1 : 0)),
      splits: labelled.map(({ split }) => split),
    },
  };
}

function readAgreedClasses(
  dataSource: DataSource,
  datasetId: string,
): Promise<{ rows: LabelRow[]; eventId: string }> {
  return dataSource.transaction('REPEATABLE READ', async (manager) => {
    const rows: LabelRow[] = await manager.query(
      `SELECT image.ordinal, image.consensus_class_id AS class_id, image.split,
         ${isSampled} AS sampled FROM image
       JOIN class ON class.id = image.consensus_class_id AND class.archived_at IS NULL
       WHERE image.dataset_id = $1 AND NOT image.held_out ORDER BY class.position, class.id, image.ordinal`,
      [datasetId],
    );
    const [last]: { id: string }[] = await manager.query(
      'SELECT coalesce(max(id), 0)::text AS id FROM label_event WHERE dataset_id = $1',
      [datasetId],
    );
    return { rows, eventId: last?.id ?? '0' };
  });
}
