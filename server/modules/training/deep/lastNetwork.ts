import type { DataSource } from 'typeorm';
import type { DeepOptionsRecord, RetrainRun } from '../retrainRun.entity';
import { RunFailure } from '../run/runAttempts';

/** A network that another run goes on from. */
export interface LastNetwork {
  /** Its backbone's id. */
  id: string;
  /** When its run began: it has not seen what was labelled later. */
  since: Date;
}

/**
 * The last network that was trained by the same recipe from the same backbone.
 *
 * @throws RunFailure if there is none
 */
export async function lastNetwork(
  dataSource: DataSource,
  { datasetId, recipe }: RetrainRun,
  { baseBackboneId, fromBlock }: DeepOptionsRecord,
): Promise<LastNetwork> {
  const rows: LastNetwork[] = await dataSource.query(
    `SELECT trained.id, run.started_at AS since
     FROM trained_backbone trained JOIN retrain_run run ON run.id = trained.run_id
     WHERE run.dataset_id = $1 AND recipe = $2
       AND options->>'baseBackboneId' IS NOT DISTINCT FROM $3
       AND options->>'fromBlock' IS NOT DISTINCT FROM $4
     ORDER BY trained.created_at DESC LIMIT 1`,
    [datasetId, recipe, baseBackboneId, fromBlock],
  );
  if (!rows[0])
    throw new RunFailure('No network of this recipe was trained yet: begin with fresh weights.');
  return rows[0];
}

/** Ordinals of the images that somebody labelled, or undid a label of, since a moment. */
export async function labelledSince(
  dataSource: DataSource,
  datasetId: string,
  since: Date,
): Promise<Set<number>> {
  const rows: { ordinal: number }[] = await dataSource.query(
    `SELECT ordinal FROM image WHERE dataset_id = $1 AND EXISTS
       (SELECT 1 FROM label_event WHERE image_id = image.id AND occurred_at > $2)`,
    [datasetId, since],
  );
  return new Set(rows.map(({ ordinal }) => ordinal));
}
