import type { DataSource, EntityManager } from 'typeorm';
import { In } from 'typeorm';
import { Prediction } from './prediction.entity';

const rowsPerInsert = 5_000;

/** Names a run's own table. Both parts are ours: a UUID and a number. */
const tableOf = (runId: string, attempt: number) =>
  `prediction_${runId.replaceAll('-', '')}_${attempt}`;

const insertSql = (table: string) => `
  INSERT INTO ${table} (run_id, image_id, class_id, confidence, margin, entropy, top_class_ids, top_confidences)
  SELECT $1, image_id, class_id, confidence, margin, entropy, top_class_ids::uuid[], top_confidences::real[]
  FROM unnest($2::uuid[], $3::uuid[], $4::real[], $5::real[], $6::real[], $7::text[], $8::text[])
    AS given (image_id, class_id, confidence, margin, entropy, top_class_ids, top_confidences)
  ON CONFLICT DO NOTHING`;

/**
 * Stores a run's predictions in a table of their own, in bulk. They become current with the run.
 */
export class PredictionRepository {
  constructor(private readonly dataSource: DataSource) {}

  async stage(runId: string, attempt: number): Promise<void> {
    await this.dataSource.query(
      `CREATE TABLE ${tableOf(runId, attempt)} (LIKE prediction INCLUDING ALL)`,
    );
  }

  async write(runId: string, attempt: number, predictions: readonly Prediction[]): Promise<void> {
    for (let start = 0; start < predictions.length; start += rowsPerInsert)
      await insert(
        this.dataSource.manager,
        tableOf(runId, attempt),
        runId,
        predictions.slice(start, start + rowsPerInsert),
      );
  }

  /** Runs in the transaction that publishes the run. */
  async attach(manager: EntityManager, runId: string, attempt: number): Promise<void> {
    await manager.query(
      `ALTER TABLE prediction ATTACH PARTITION ${tableOf(runId, attempt)} FOR VALUES IN ('${runId}')`,
    );
  }

  async discard(runId: string, attempt: number): Promise<void> {
    await this.dataSource.query(`DROP TABLE IF EXISTS ${tableOf(runId, attempt)}`);
  }

  /**
   * Drops the predictions of a published run. Concurrently, so that readers of other runs never
   * wait.
   */
  async drop(runId: string, attempt: number): Promise<void> {
    await this.dataSource.query(
      `ALTER TABLE prediction DETACH PARTITION ${tableOf(runId, attempt)} CONCURRENTLY`,
    );
    await this.discard(runId, attempt);
  }

  /** Adds to the run only while it is the dataset's current one. @returns whether it was */
  addToCurrent(
    datasetId: string,
    runId: string,
    predictions: readonly Prediction[],
  ): Promise<boolean> {
    return this.dataSource.transaction(async (manager) => {
      const current: unknown[] = await manager.query(
        'SELECT 1 FROM dataset WHERE id = $1 AND current_run_id = $2 FOR SHARE',
        [datasetId, runId],
      );
      if (current.length === 0) return false;
      await insert(manager, 'prediction', runId, predictions);
      return true;
    });
  }

  /** Reads embedded images that the run has not predicted. */
  async unpredicted(
    datasetId: string,
    backboneId: string,
    runId: string,
    count: number,
  ): Promise<{ imageId: string; ordinal: number }[]> {
    return this.dataSource.query(
      `SELECT image_id AS "imageId", ordinal FROM embedding
       WHERE dataset_id = $1 AND backbone_id = $2 AND NOT EXISTS
         (SELECT 1 FROM prediction p WHERE p.run_id = $3 AND p.image_id = embedding.image_id)
       ORDER BY ordinal LIMIT $4`,
      [datasetId, backboneId, runId, count],
    );
  }

  /** Reads predictions of images by the current runs of their datasets. */
  async current(imageIds: readonly string[]): Promise<Map<string, Prediction>> {
    const predictions = await this.dataSource.manager
      .createQueryBuilder(Prediction, 'prediction')
      .where({ imageId: In([...imageIds]) })
      .andWhere(
        `prediction.run_id IN (SELECT current_run_id FROM dataset JOIN image ON image.dataset_id = dataset.id
          WHERE image.id = ANY(:imageIds))`,
        { imageIds },
      )
      .getMany();
    return new Map(predictions.map((prediction) => [prediction.imageId, prediction]));
  }

  /** Reads margins of the current run by ordinal, or 1 without a prediction. */
  async currentMargins(datasetId: string, size: number): Promise<Float32Array | undefined> {
    const rows: { ordinal: number; margin: number }[] = await this.dataSource.query(
      `SELECT image.ordinal, prediction.margin FROM dataset
       JOIN prediction ON prediction.run_id = dataset.current_run_id
       JOIN image ON image.id = prediction.image_id WHERE dataset.id = $1`,
      [datasetId],
    );
    if (rows.length === 0) return undefined;
    const margins = new Float32Array(size).fill(1);
    for (const { ordinal, margin } of rows) if (ordinal < size) margins[ordinal] = margin;
    return margins;
  }
}

const arrayLiteral = (values: readonly (string | number)[]) => `{${values.join(',')}}`;

async function insert(
  manager: EntityManager,
  table: string,
  runId: string,
  rows: readonly Prediction[],
): Promise<void> {
  if (rows.length === 0) return;
  await manager.query(insertSql(table), [
    runId,
    rows.map((row) => row.imageId),
    rows.map((row) => row.classId),
    rows.map((row) => row.confidence),
    rows.map((row) => row.margin),
    rows.map((row) => row.entropy),
    rows.map((row) => arrayLiteral(row.topClassIds)),
    rows.map((row) => arrayLiteral(row.topConfidences)),
  ]);
}
