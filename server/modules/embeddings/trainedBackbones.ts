import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import {
  describeBackbone,
  examineBackbone,
  type Backbone,
  type ContractCache,
} from '../../../models/backbones';
import { v4 as uuid } from 'uuid';
import type { ImageStore } from '../../storage/imageStore';
import type { NewTrainedBackbone, TrainedBackboneStore } from './embedding.ports';
import type { TrainedBackboneRepository, TrainedBackboneRow } from './trainedBackbone.repository';

const keyOf = (id: string) => `models/${id}.onnx`;
const sha256Of = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const sha256OfFile = (file: string) => readFile(file).then(sha256Of, () => undefined);

/**
 * Networks that runs trained. Their files are in the image store, and are downloaded to this machine
 * when they appear. A network is the backbone of its own dataset and of no other.
 */
export class TrainedBackbones implements TrainedBackboneStore {
  private refreshing: Promise<void> | undefined;
  private here: ReadonlyMap<string, Backbone> = new Map();

  constructor(
    private readonly rows: TrainedBackboneRepository,
    private readonly store: ImageStore,
    private readonly folder: string,
    private readonly contracts: ContractCache,
    private readonly logger: Logger,
  ) {}

  /** Lists a dataset's networks, newest first. This machine may still lack their files. */
  async ofDataset(datasetId: string): Promise<readonly Backbone[]> {
    return this.described(await this.rows.ofDataset(datasetId));
  }

  /** The networks with these ids. This machine may still lack their files. */
  async byId(ids: readonly string[]): Promise<readonly Backbone[]> {
    return this.described(await this.rows.byId(ids));
  }

  /** The networks whose files are on this machine. */
  get all(): readonly Backbone[] {
    return [...this.here.values()];
  }

  /** Downloads new networks. Concurrent calls share one download. */
  refresh(): Promise<void> {
    this.refreshing ??= this.download().finally(() => (this.refreshing = undefined));
    return this.refreshing;
  }

  async add({ id, datasetId, runId, name, onnxFile }: NewTrainedBackbone): Promise<void> {
    const examined = await examineBackbone(onnxFile, this.contracts);
    await this.store.put(keyOf(id), await readFile(onnxFile));
    await this.rows.add(runId, { id, datasetId, name, ...examined });
  }

  /** An older version recorded no contract. Its network appears when this machine has its file. */
  private described(rows: readonly TrainedBackboneRow[]): Backbone[] {
    return rows.flatMap(({ id, name, sha256, bytes, contract }) => {
      if (!contract || bytes === null) return this.here.get(id) ?? [];
      return { ...describeBackbone(this.fileOf(id), { sha256, bytes, contract }), name };
    });
  }

  private async download(): Promise<void> {
    const rows = await this.rows.all();
    if (rows.length === this.here.size && rows.every((row) => this.isHere(row))) return;
    await mkdir(this.folder, { recursive: true });
    const here = new Map<string, Backbone>();
    for (const row of rows) {
      const backbone = this.isHere(row) ? this.here.get(row.id) : await this.open(row);
      if (backbone) here.set(row.id, backbone);
    }
    this.here = here;
  }

  /** A later attempt at a run may have trained another file. */
  private isHere({ id, sha256 }: TrainedBackboneRow): boolean {
    return this.here.get(id)?.sha256 === sha256;
  }

  /** Undefined if the file cannot be had now. */
  private async open(row: TrainedBackboneRow): Promise<Backbone | undefined> {
    try {
      const file = this.fileOf(row.id);
      // A missing or damaged copy is replaced.
      if ((await sha256OfFile(file)) !== row.sha256) await this.fetch(row);
      const [recorded] = this.described([row]);
      if (recorded) return recorded;
      const examined = await examineBackbone(file, this.contracts);
      await this.rows.setExamined(row.id, examined);
      return { ...describeBackbone(file, examined), name: row.name };
    } catch (error) {
      this.logger.warn({ err: error, backbone: row.id }, 'downloading a trained network failed');
      return undefined;
    }
  }

  /**
   * Written to a temporary file and renamed, because two processes may download one file at once.
   */
  private async fetch({ id, sha256, contract }: TrainedBackboneRow): Promise<void> {
    const bytes = await this.store.read(keyOf(id));
    if (sha256Of(bytes) !== sha256) throw new Error(`${keyOf(id)} differs from the recorded file`);
    // The machine that trained the network has examined it.
    if (contract) await this.contracts.write(sha256, contract);
    const staging = join(this.folder, `${id}.${uuid()}.part`);
    try {
      await writeFile(staging, bytes);
      await rename(staging, this.fileOf(id));
    } finally {
      await rm(staging, { force: true });
    }
  }

  private fileOf(id: string): string {
    return join(this.folder, `${id}.onnx`);
  }
}
