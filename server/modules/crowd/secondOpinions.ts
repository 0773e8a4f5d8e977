import type { EntityManager } from 'typeorm';
import { OverlapMode } from '../../../shared/enums';
import type { Dataset } from '../datasets/dataset.ports';
import type { SecondOpinionQueue } from '../labels/label.ports';

export interface WantedOpinion {
  imageId: string;
  /** Number of answers by different people, existing ones included. */
  wanted: number;
  /** The lowest score is asked first. */
  score: number;
}

type Overlap = Pick<Dataset, 'id' | 'overlapMode' | 'overlap' | 'overlapShare'>;

/** SQL: a fixed number from 0 to 1 per image, so that a share always contains the same images. */
const draw = `(('x' || substr(md5('overlap' || image.id::text), 1, 7))::bit(28)::int / 268435456.0)`;
const answers = `(SELECT count(DISTINCT label.user_id) FROM label
  WHERE label.image_id = image.id AND label.in_force)`;
const isSettled = `(image.decided_by IS NOT NULL OR image.held_out
  OR EXISTS (SELECT 1 FROM gold WHERE gold.image_id = image.id))`;

/**
 * Stores which labelled images need a further answer. Everything runs in the caller's transaction.
 */
export class SecondOpinions implements SecondOpinionQueue {
  /** Updates an image after an answer was given or undone: it may need another one, or none. */
  async refresh(manager: EntityManager, dataset: Overlap, imageId: string): Promise<void> {
    if (dataset.overlapMode === OverlapMode.NONE) return;
    if (dataset.overlapMode === OverlapMode.SHARE)
      await manager.query(`${insertShare} AND image.id = $4 ${onConflict}`, [
        dataset.id,
        dataset.overlap,
        dataset.overlapShare,
        imageId,
      ]);
    await manager.query(
      `DELETE FROM second_opinion USING image WHERE image.id = $1 AND second_opinion.image_id = $1
         AND (${answers} >= second_opinion.wanted OR ${answers} = 0 OR ${isSettled})`,
      [imageId],
    );
  }

  /**
   * Updates a dataset after a change of settings. The next run chooses the images for AUTOMATIC.
   */
  async applySettings(manager: EntityManager, dataset: Overlap): Promise<void> {
    await manager.query('DELETE FROM second_opinion WHERE dataset_id = $1', [dataset.id]);
    if (dataset.overlapMode === OverlapMode.SHARE)
      await manager.query(`${insertShare} ${onConflict}`, [
        dataset.id,
        dataset.overlap,
        dataset.overlapShare,
      ]);
  }

  /** Nobody is asked about the image again. */
  async remove(manager: EntityManager, imageId: string): Promise<void> {
    await manager.query('DELETE FROM second_opinion WHERE image_id = $1', [imageId]);
  }

  /** Replaces the choice of the previous run. */
  async replace(
    manager: EntityManager,
    datasetId: string,
    wanted: readonly WantedOpinion[],
  ): Promise<void> {
    await manager.query('DELETE FROM second_opinion WHERE dataset_id = $1', [datasetId]);
    await manager.query(
      `INSERT INTO second_opinion (image_id, dataset_id, wanted, score)
       SELECT image_id, $1, wanted, score
       FROM unnest($2::uuid[], $3::smallint[], $4::real[]) AS found (image_id, wanted, score)`,
      [
        datasetId,
        wanted.map(({ imageId }) => imageId),
        wanted.map(({ wanted: count }) => count),
        wanted.map(({ score }) => score),
      ],
    );
  }
}

const insertShare = `
  INSERT INTO second_opinion (image_id, dataset_id, wanted, score)
  SELECT image.id, $1, $2::smallint, image.shuffle FROM image
  WHERE image.dataset_id = $1 AND image.consensus_class_id IS NOT NULL AND NOT ${isSettled}
    AND ${draw} < $3::real AND ${answers} BETWEEN 1 AND $2::smallint - 1`;
const onConflict = 'ON CONFLICT (image_id) DO UPDATE SET wanted = excluded.wanted';
