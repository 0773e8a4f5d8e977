import type { DataSource } from 'typeorm';
import type { Dataset } from '../datasets/dataset.ports';
import type { ForecastMeasurement } from './forecast.type';

export interface MeasuredRun extends Omit<ForecastMeasurement, 'accuracy' | 'sample'> {
  accuracy: number | null;
  sample: number;
  testAccuracy: number | null;
  testCount: number;
}

/** Reads what runs have measured. */
export class ForecastRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Published runs on the current backbone, oldest first. Each backbone has its own curve. */
  measuredRuns({ id, backboneId }: Dataset): Promise<MeasuredRun[]> {
    return this.dataSource.query(
      `SELECT number AS round, label_count AS labels,
         (report.calibration->>'accuracy')::float8 AS accuracy,
         coalesce((report.calibration->>'sampleCount')::int, 0) AS sample,
         (metrics->>'testAccuracy')::float8 AS "testAccuracy",
         coalesce((metrics->>'testCount')::int, 0) AS "testCount"
       FROM retrain_run run LEFT JOIN run_report report ON report.run_id = run.id
       WHERE dataset_id = $1 AND status = 'PUBLISHED' AND backbone_id = $2 AND label_count > 0
       ORDER BY published_at`,
      [id, backboneId],
    );
  }

  /** How many images can be labelled. */
  async countImages(datasetId: string): Promise<number> {
    const [row]: { images: number }[] = await this.dataSource.query(
      'SELECT count(*)::int AS images FROM image WHERE dataset_id = $1 AND NOT held_out',
      [datasetId],
    );
    return row?.images ?? 0;
  }
}
