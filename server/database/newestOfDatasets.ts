import type { DataSource } from 'typeorm';

/** Returns the ids of the newest rows of each dataset, for all datasets in one statement. */
export async function newestOfDatasets(
  dataSource: DataSource,
  table: 'import' | 'export',
  datasetIds: readonly string[],
  limit: number,
): Promise<string[]> {
  const rows: { id: string }[] = await dataSource.query(
    `SELECT newest.id FROM unnest($1::uuid[]) AS dataset (id) CROSS JOIN LATERAL
       (SELECT id FROM ${table} WHERE dataset_id = dataset.id
        ORDER BY created_at DESC, id DESC LIMIT $2) newest`,
    [datasetIds, limit],
  );
  return rows.map(({ id }) => id);
}
