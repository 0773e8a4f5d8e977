import type { DataSource } from 'typeorm';

export interface EmbeddingRow {
  ordinal: number;
  vector: Buffer;
}

const rowsPerRead = 1_000;

/** Reads stored embeddings. */
export class EmbeddingRows {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Reads rows written since a transaction horizon, by ordinal. A few may be read again.
   */
  async *since(
    datasetId: string,
    backboneId: string,
    horizon: bigint,
  ): AsyncGenerator<EmbeddingRow> {
    for (let after: number | undefined = -1; after !== undefined;) {
      const rows: EmbeddingRow[] = await this.dataSource.query(
        `SELECT ordinal, vector FROM embedding
         WHERE dataset_id = $1 AND backbone_id = $2 AND tx >= $3::xid8 AND ordinal > $4
         ORDER BY ordinal LIMIT ${rowsPerRead}`,
        [datasetId, backboneId, String(horizon), after],
      );
      yield* rows;
      after = rows.length < rowsPerRead ? undefined : rows.at(-1)?.ordinal;
    }
  }

  /** Reads the rows of these ordinals. */
  async read(
    datasetId: string,
    backboneId: string,
    ordinals: readonly number[],
  ): Promise<EmbeddingRow[]> {
    return this.dataSource.query(
      `SELECT ordinal, vector FROM embedding
       WHERE dataset_id = $1 AND backbone_id = $2 AND ordinal = ANY($3::integer[])`,
      [datasetId, backboneId, ordinals],
    );
  }

  /** Everything written before it is readable now. */
  async horizon(): Promise<bigint> {
    const rows: { tx: string }[] = await this.dataSource.query(
      'SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS tx',
    );
    return BigInt(rows[0]?.tx ?? 0);
  }

  /** Returns the number of values per embedding, or undefined without one. */
  async dimensions(datasetId: string, backboneId: string): Promise<number | undefined> {
    const rows: { bytes: number }[] = await this.dataSource.query(
      `SELECT octet_length(vector) AS bytes FROM embedding
       WHERE dataset_id = $1 AND backbone_id = $2 LIMIT 1`,
      [datasetId, backboneId],
    );
    return rows[0] && rows[0].bytes / 2;
  }
}
