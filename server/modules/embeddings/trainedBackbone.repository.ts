import type { DataSource } from 'typeorm';
import type { BackboneContract, ExaminedFile } from '../../../models/backbones';

/** A network that a run trained, as it is recorded. */
export interface TrainedBackboneRow {
  id: string;
  datasetId: string;
  name: string;
  /** Of the file in the image store, in hexadecimal. */
  sha256: string;
  /** Size of the file. Null until the file was examined. */
  bytes: number | null;
  /** Null until the file was examined. */
  contract: BackboneContract | null;
}

const columns = 'id, dataset_id AS "datasetId", name, sha256, bytes, contract';

/** The networks that runs trained. */
export class TrainedBackboneRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Lists all networks, newest first. */
  all(): Promise<TrainedBackboneRow[]> {
    return this.dataSource.query(
      `SELECT ${columns} FROM trained_backbone ORDER BY created_at DESC`,
    );
  }

  /** Lists the networks of a dataset, newest first. */
  ofDataset(datasetId: string): Promise<TrainedBackboneRow[]> {
    return this.dataSource.query(
      `SELECT ${columns} FROM trained_backbone WHERE dataset_id = $1 ORDER BY created_at DESC`,
      [datasetId],
    );
  }

  byId(ids: readonly string[]): Promise<TrainedBackboneRow[]> {
    return this.dataSource.query(
      `SELECT ${columns} FROM trained_backbone WHERE id = ANY($1::text[])`,
      [ids],
    );
  }

  /** Adds a network. A later attempt at the run may have trained another file, which replaces it. */
  async add(runId: string, row: TrainedBackboneRow): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO trained_backbone (id, dataset_id, run_id, name, sha256, bytes, contract)
       VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (id) DO UPDATE
         SET sha256 = excluded.sha256, bytes = excluded.bytes, contract = excluded.contract`,
      [row.id, row.datasetId, runId, row.name, row.sha256, row.bytes, row.contract],
    );
  }

  /** Records the examination of a network that an older version stored. */
  async setExamined(id: string, { sha256, bytes, contract }: ExaminedFile): Promise<void> {
    await this.dataSource.query(
      `UPDATE trained_backbone SET bytes = $3, contract = $4
       WHERE id = $1 AND sha256 = $2 AND contract IS NULL`,
      [id, sha256, bytes, contract],
    );
  }
}
