import type { DataSource } from 'typeorm';
import { exportCountSql, type ClassSource } from './exportRows';

/** Counts what an export would hold. */
export class ExportRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * @param sourceId the run or certificate that gives unlabelled images their classes
   * @param minConfidence null for labelled images only
   */
  async count(
    datasetId: string,
    source: { kind: ClassSource; id: string | null },
    minConfidence: number | null,
  ): Promise<number> {
    const rows: { count: number }[] = await this.dataSource.query(exportCountSql(source.kind), [
      datasetId,
      source.id,
      minConfidence,
    ]);
    return rows[0]?.count ?? 0;
  }
}
