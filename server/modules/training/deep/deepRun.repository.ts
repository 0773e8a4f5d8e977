import type { DataSource } from 'typeorm';
import type { DeepOptionsRecord, RetrainRun, TrainingRecord } from '../retrainRun.entity';

/** A trained network whose weights another run can go on from. */
export interface PreviousNetwork {
  /** The id of its backbone. */
  id: string;
  /** When its run began. It has not seen later labels. */
  since: Date;
}

/** Reads and writes what the training of a network needs from the database. */
export class DeepRunRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** The last network that the same recipe trained from the same backbone. */
  async findPreviousNetwork(
    { datasetId, recipe }: RetrainRun,
    { baseBackboneId, fromBlock }: DeepOptionsRecord,
  ): Promise<PreviousNetwork | undefined> {
    const rows: PreviousNetwork[] = await this.dataSource.query(
      `SELECT trained.id, run.started_at AS since
       FROM trained_backbone trained JOIN retrain_run run ON run.id = trained.run_id
       WHERE run.dataset_id = $1 AND recipe = $2
         AND options->>'baseBackboneId' IS NOT DISTINCT FROM $3
         AND options->>'fromBlock' IS NOT DISTINCT FROM $4
       ORDER BY trained.created_at DESC LIMIT 1`,
      [datasetId, recipe, baseBackboneId, fromBlock],
    );
    return rows[0];
  }

  /** The images whose labels were recorded or undone after a moment. */
  async findOrdinalsLabelledSince(datasetId: string, since: Date): Promise<Set<number>> {
    const rows: { ordinal: number }[] = await this.dataSource.query(
      `SELECT ordinal FROM image WHERE dataset_id = $1 AND EXISTS
         (SELECT 1 FROM label_event WHERE image_id = image.id AND occurred_at > $2)`,
      [datasetId, since],
    );
    return new Set(rows.map(({ ordinal }) => ordinal));
  }

  findLabelledImages(datasetId: string): Promise<{ id: string; ordinal: number }[]> {
    return this.dataSource.query(
      `SELECT id, ordinal FROM image WHERE dataset_id = $1 AND consensus_class_id IS NOT NULL`,
      [datasetId],
    );
  }

  /** The share of the dataset's images that the backbone has embedded, 0 to 1. */
  async embeddedShare(datasetId: string, backboneId: string): Promise<number> {
    const rows: { share: number }[] = await this.dataSource.query(
      `SELECT 1 - (SELECT count(*) FROM embedding_pending WHERE dataset_id = $1 AND backbone_id = $2)::real
         / greatest(next_ordinal, 1) AS share FROM dataset WHERE id = $1`,
      [datasetId, backboneId],
    );
    return rows[0]?.share ?? 0;
  }

  /** Saves the epochs so far. @param engine kept as it is when undefined */
  async saveTraining(
    { id, attempt }: RetrainRun,
    record: TrainingRecord,
    engine?: string,
  ): Promise<void> {
    await this.dataSource.query(
      `UPDATE retrain_run SET training = $3, engine = coalesce($4, engine)
       WHERE id = $1 AND attempt = $2 AND status = 'RUNNING'`,
      [id, attempt, JSON.stringify(record), engine ?? null],
    );
    // The training made progress, so its earlier interruptions no longer count.
    await this.dataSource.query(`DELETE FROM worker_death WHERE kind = 'train' AND key = $1`, [id]);
  }
}
