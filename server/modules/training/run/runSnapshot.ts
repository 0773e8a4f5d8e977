import type { DataSource } from 'typeorm';
import { Split } from '../../../../shared/enums';

/** Labelled images; row r of everything here is the same image. */
export interface LabelledSet {
  ordinals: Int32Array;
  /** Column of each image's class. */
  labels: Int32Array;
  /** 1 where the image belongs to the random sample. */
  sampled: Uint8Array;
  splits: readonly Split[];
}

export interface RunSnapshot {
  eventId: string;
  /** All images with an agreed class, embedded or not. */
  labelCount: number;
  /** What the columns of a head stand for. */
  classIds: string[];
  /** Embedded images of these classes. */
  labelled: LabelledSet;
}

/** The images of one split. */
export function splitOf(set: LabelledSet, split: Split): LabelledSet {
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
 * The random sample: images before the first one in the dataset's random order that is not labelled. Whoever chose
 * to ask about them, together they are drawn at random. Images that somebody could not answer are passed over.
 */
const isSampled = `image.shuffle < coalesce((SELECT min(open.shuffle)::bigint FROM image open
  WHERE open.dataset_id = $1 AND open.consensus_class_id IS NULL AND NOT open.held_out
    AND NOT EXISTS (SELECT 1 FROM skip WHERE skip.image_id = open.id)), 2147483648)`;

/**
 * What the images are agreed to be at this moment; held-out images and archived classes stay out, and so do classes
 * without a label in `learnFrom`.
 */
export async function takeSnapshot(
  dataSource: DataSource,
  datasetId: string,
  present: Uint8Array,
  learnFrom: readonly Split[] = Object.values(Split),
): Promise<RunSnapshot> {
  const { rows, eventId } = await dataSource.transaction('REPEATABLE READ', async (manager) => {
    const found: LabelRow[] = await manager.query(
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
    return { rows: found, eventId: last?.id ?? '0' };
  });
  const embedded = rows
    .filter(({ ordinal }) => present[ordinal])
    .map((row) => ({ ...row, split: row.split ?? Split.TRAIN }));
  const classIds = [
    ...new Set(
      embedded.filter(({ split }) => learnFrom.includes(split)).map(({ class_id: id }) => id),
    ),
  ];
  const column = new Map(classIds.map((id, index) => [id, index]));
  const known = embedded.filter(({ class_id: id }) => column.has(id));
  return {
    eventId,
    labelCount: rows.length,
    classIds,
    labelled: {
      ordinals: Int32Array.from(known, ({ ordinal }) => ordinal),
      labels: Int32Array.from(known, ({ class_id: id }) => column.get(id)!),
      sampled: Uint8Array.from(known, ({ sampled }) => (sampled ? 1 : 0)),
      splits: known.map(({ split }) => split),
    },
  };
}
