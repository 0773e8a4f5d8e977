import { lockName, tryWithLock } from '../../database/namedLock';
import type { DataSource, EntityManager } from 'typeorm';
import type { PredictionRepository } from './prediction.repository';

/** Maximum number of published runs whose predictions are kept, for comparison and restoration. */
const maxRuns = 10;
/** Maximum number of rows of a dataset that are kept. */
const maxRows = 5_000_000;
/** The current and the previous run are always kept. */
const minRuns = 2;

interface PublishedRow {
  id: string;
  attempt: number;
}

/** SQL: whether the table of a run with `id` and `attempt` is part of `prediction`. */
const isAttached = `EXISTS (SELECT 1 FROM pg_inherits WHERE inhparent = 'prediction'::regclass
  AND inhrelid = to_regclass('prediction_' || replace(id::text, '-', '') || '_' || attempt))`;

const superseded = `
  SELECT id, attempt FROM (
    SELECT run.id, run.attempt, dataset.current_run_id,
      row_number() OVER newest AS place,
      sum((run.metrics->>'rescoredCount')::bigint) OVER newest AS prediction_rows
    FROM retrain_run run JOIN dataset ON dataset.id = run.dataset_id
    WHERE run.dataset_id = $1 AND run.status = 'PUBLISHED'
    WINDOW newest AS (ORDER BY greatest(run.published_at, run.predictions_restored_at) DESC, run.id DESC)
  ) AS published
  WHERE id IS DISTINCT FROM current_run_id
    AND place > ${minRuns} AND (place > ${maxRuns} OR prediction_rows > ${maxRows})
    AND ${isAttached}`;

/** Knows which runs' predictions are stored, and deletes superseded ones. */
export class RetainedPredictions {
  constructor(
    private readonly dataSource: DataSource,
    private readonly predictions: PredictionRepository,
  ) {}

  readonly ofRuns = async (runIds: readonly string[]): Promise<Map<string, boolean>> => {
    const rows: { id: string }[] = await this.dataSource.query(
      `SELECT id FROM retrain_run WHERE id = ANY($1) AND status = 'PUBLISHED' AND ${isAttached}`,
      [runIds],
    );
    const kept = new Set(rows.map(({ id }) => id));
    return new Map(runIds.map((id) => [id, kept.has(id)]));
  };

  async has(manager: EntityManager, runId: string): Promise<boolean> {
    const rows: unknown[] = await manager.query(
      `SELECT 1 FROM retrain_run WHERE id = $1 AND ${isAttached}`,
      [runId],
    );
    return rows.length > 0;
  }

  /**
   * Keeps the dataset's predictions until the transaction ends. Call it before the dataset is
   * locked.
   */
  async hold(manager: EntityManager, datasetId: string): Promise<void> {
    await lockName(manager, lockOf(datasetId));
  }

  /** Deletes superseded predictions, or does nothing while somebody restores a run. */
  async dropSuperseded(datasetId: string): Promise<void> {
    await tryWithLock(this.dataSource, lockOf(datasetId), async () => {
      const rows: PublishedRow[] = await this.dataSource.query(superseded, [datasetId]);
      for (const { id, attempt } of rows) await this.predictions.drop(id, attempt);
    });
  }
}

const lockOf = (datasetId: string) => `predictions:${datasetId}`;
