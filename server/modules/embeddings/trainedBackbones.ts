import { createHash } from 'node:crypto';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { findBackbones, type Backbone, type ContractCache } from '../../../models/backbones';
import type { DataSource, EntityManager } from 'typeorm';
import { v4 as uuid } from 'uuid';
import type { ImageStore } from '../../storage/imageStore';
import type { NewTrainedBackbone, TrainedBackboneStore } from './embedding.ports';

/** A network that a run trained. It is the backbone of its own dataset and of no other. */
export interface TrainedBackbone extends Backbone {
  datasetId: string;
}

interface TrainedRow {
  id: string;
  datasetId: string;
  name: string;
  sha256: string;
}

const keyOf = (id: string) => `models/${id}.onnx`;
const sha256Of = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/**
 * Networks that runs trained: files in the image store, downloaded to this machine when they
 * appear.
 */
export class TrainedBackbones implements TrainedBackboneStore {
  private refreshing: Promise<readonly TrainedBackbone[]> | undefined;
  private known = new Map<string, TrainedBackbone>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly store: ImageStore,
    private readonly folder: string,
    private readonly contracts: ContractCache,
    private readonly logger: Logger,
  ) {}

  /**
   * Lists the networks on this machine after downloading new ones. Concurrent calls share one
   * download.
   */
  refresh(): Promise<readonly TrainedBackbone[]> {
    this.refreshing ??= this.readKnown().finally(() => (this.refreshing = undefined));
    return this.refreshing;
  }

  private async readKnown(): Promise<readonly TrainedBackbone[]> {
    const rows: TrainedRow[] = await this.dataSource.query(
      `SELECT id, dataset_id AS "datasetId", name, sha256 FROM trained_backbone ORDER BY created_at DESC`,
    );
    if (rows.length !== this.known.size || rows.some(({ id }) => !this.known.has(id)))
      await this.downloadMissing(rows);
    return [...this.known.values()];
  }

  get all(): readonly TrainedBackbone[] {
    return [...this.known.values()];
  }

  async add(
    manager: EntityManager,
    { id, datasetId, runId, name, file }: NewTrainedBackbone,
  ): Promise<void> {
    await this.store.put(keyOf(id), file);
    await manager.query(
      `INSERT INTO trained_backbone (id, dataset_id, run_id, name, sha256)
       VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO UPDATE SET sha256 = excluded.sha256`,
      [id, datasetId, runId, name, sha256Of(file)],
    );
  }

  private async downloadMissing(rows: readonly TrainedRow[]): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const here = new Set(await readdir(this.folder));
    for (const row of rows)
      if (!here.has(`${row.id}.onnx`))
        await this.download(row).catch((error: unknown) =>
          this.logger.warn(
            { err: error, backbone: row.id },
            'downloading a trained network failed',
          ),
        );
    const { found } = await findBackbones([this.folder], this.contracts);
    const byId = new Map(found.map((backbone) => [backbone.id, backbone]));
    this.known = new Map(
      rows.flatMap(({ id, datasetId, name, sha256 }) => {
        const backbone = byId.get(id);
        return backbone?.sha256 === sha256 ? [[id, { ...backbone, name, datasetId }]] : [];
      }),
    );
  }

  /**
   * Written to a temporary file and renamed, because two processes may download one file at once.
   */
  private async download({ id, sha256 }: TrainedRow): Promise<void> {
    const bytes = await this.store.read(keyOf(id));
    if (sha256Of(bytes) !== sha256) throw new Error(`${keyOf(id)} differs from the stored file`);
    const staging = join(this.folder, `${id}.${uuid()}.part`);
    try {
      await writeFile(staging, bytes);
      await rename(staging, join(this.folder, `${id}.onnx`));
    } finally {
      await rm(staging, { force: true });
    }
  }
}
