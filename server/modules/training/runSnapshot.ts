import type { DataSource } from 'typeorm';
import { Split } from '../../../shared/enums';

/** Labelled images that a run learns from or is measured on. */
export interface LabelledSet {
  ordinals: Int32Array;
  /** Column of each image's class; -1 for a class the run does not know. */
  labels: Int32Array;
  /** 1 where the image belongs to the random sample. */
  sampled: Uint8Array;
}

export interface RunSnapshot {
  eventId: string;
  /** All images with an agreed class, embedded or not. */
  labelCount: number;
  /** Column k of the head is classIds[k]: classes with at least one training label. */
  classIds: string[];
  train: LabelledSet;
  validation: LabelledSet;
  test: LabelledSet;
}

/** Several sets as one; images of classes the run does not know are left out. */
export function joinSets(sets: readonly LabelledSet[]): LabelledSet {
  const rows = sets.flatMap(({ ordinals, labels, sampled }) =>
    Array.from(ordinals, (ordinal, index) => ({
      ordinal,
      label: labels[index] ?? -1,
      sampled: sampled[index] ?? 0,
    })),
  );
  const known = rows.filter(({ label }) => label >= 0);
  return {
    ordinals: Int32Array.from(known, ({ ordinal }) => ordinal),
    labels: Int32Array.from(known, ({ label }) => label),
    sampled: Uint8Array.from(known, ({ sampled }) => sampled),
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

/** What the images are agreed to be at this moment; held-out images and archived classes stay out. */
export async function takeSnapshot(
  dataSource: DataSource,
  datasetId: string,
  present: Uint8Array,
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
  const usable = rows.filter((row) => present[row.ordinal]);
  const inSplit = (split: Split) => usable.filter((row) => (row.split ?? Split.TRAIN) === split);
  const train = inSplit(Split.TRAIN);
  const classIds = [...new Set(train.map((row) => row.class_id))];
  const column = new Map(classIds.map((id, index) => [id, index]));
  const setOf = (set: readonly LabelRow[]): LabelledSet => ({
    ordinals: Int32Array.from(set, (row) => row.ordinal),
    labels: Int32Array.from(set, (row) => column.get(row.class_id) ?? -1),
    sampled: Uint8Array.from(set, (row) => (row.sampled ? 1 : 0)),
  });
  return {
    eventId,
    labelCount: rows.length,
    classIds,
    train: setOf(train),
    validation: setOf(inSplit(Split.VALIDATION)),
    test: setOf(inSplit(Split.TEST)),
  };
}
