import type { EntityManager } from 'typeorm';
import type { Dataset } from '../datasets/dataset.entity';

type Change = Pick<Dataset, 'id' | 'backboneId' | 'nextBackboneId'>;

/** Whether every image that can be embedded is. */
export async function isEmbedded(
  manager: EntityManager,
  datasetId: string,
  backboneId: string,
): Promise<boolean> {
  const waiting: unknown[] = await manager.query(
    `SELECT 1 FROM embedding_pending
     WHERE dataset_id = $1 AND backbone_id = $2 AND attempts < ${maxAttempts} LIMIT 1`,
    [datasetId, backboneId],
  );
  return waiting.length === 0;
}

/** After so many failures an image is taken for one that cannot be embedded. */
export const maxAttempts = 3;

/** Images without an embedding by this backbone are queued; those that failed get another chance. */
export async function queueImages(
  manager: EntityManager,
  datasetId: string,
  backboneId: string,
): Promise<void> {
  await manager.query(
    `INSERT INTO embedding_pending (image_id, backbone_id, dataset_id, ordinal)
     SELECT id, $2, dataset_id, ordinal FROM image WHERE dataset_id = $1 AND NOT EXISTS
       (SELECT 1 FROM embedding WHERE image_id = image.id AND backbone_id = $2)
     ON CONFLICT (image_id, backbone_id) DO UPDATE SET attempts = 0, failure = NULL`,
    [datasetId, backboneId],
  );
}

/** What is embedded already stays: whoever comes back to this backbone finds it. */
export async function unqueueImages(
  manager: EntityManager,
  datasetId: string,
  backboneId: string | null,
): Promise<void> {
  await manager.query('DELETE FROM embedding_pending WHERE dataset_id = $1 AND backbone_id = $2', [
    datasetId,
    backboneId,
  ]);
}

/** The next backbone becomes the dataset's own, within the caller's transaction, which holds the dataset. */
export async function switchBackbone(manager: EntityManager, dataset: Change): Promise<void> {
  await manager.query(
    `UPDATE dataset SET backbone_id = next_backbone_id, next_backbone_id = NULL,
       next_backbone_run_id = NULL, next_backbone_rate = NULL WHERE id = $1`,
    [dataset.id],
  );
  await unqueueImages(manager, dataset.id, dataset.backboneId);
}

/** Ends a change of the backbone where it is: what is embedded already stays for another time. */
export async function endChange(
  manager: EntityManager,
  datasetId: string,
  backboneId: string,
): Promise<void> {
  await manager.query(
    `UPDATE dataset SET next_backbone_id = NULL, next_backbone_run_id = NULL,
       next_backbone_rate = NULL WHERE id = $1`,
    [datasetId],
  );
  await unqueueImages(manager, datasetId, backboneId);
}
