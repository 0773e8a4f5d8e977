import type { DataSource } from 'typeorm';
import type { BackboneProgress } from './embedding.ports';

const progressSql = `
  SELECT dataset.id, next_backbone_id AS "backboneId", next_backbone_run_id AS "runId",
    next_ordinal AS total, next_backbone_rate AS "imagesPerSecond", pending.waiting, pending.failed
  FROM dataset, LATERAL (
    SELECT count(*)::int AS waiting, (count(*) FILTER (WHERE failure IS NOT NULL))::int AS failed
    FROM embedding_pending
    WHERE dataset_id = dataset.id AND backbone_id = next_backbone_id) AS pending
  WHERE dataset.id = ANY($1) AND next_backbone_id IS NOT NULL`;

/** Reads which datasets change their backbone, and how far they are. */
export class BackboneChangeRepository {
  constructor(private readonly dataSource: DataSource) {}

  async changingDatasets(): Promise<string[]> {
    const rows: { id: string }[] = await this.dataSource.query(
      'SELECT id FROM dataset WHERE next_backbone_id IS NOT NULL',
    );
    return rows.map(({ id }) => id);
  }

  async progress(datasetIds: readonly string[]): Promise<Map<string, BackboneProgress>> {
    const rows: (BackboneProgress & { id: string; waiting: number })[] =
      await this.dataSource.query(progressSql, [datasetIds]);
    return new Map(
      rows.map(({ id, waiting, ...row }) => [id, { ...row, embedded: row.total - waiting }]),
    );
  }
}
