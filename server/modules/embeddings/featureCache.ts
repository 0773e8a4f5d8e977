import { constants } from 'node:fs';
import { mkdir, open, readFile, rename, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { v4 as uuid } from 'uuid';
import { fromHalf, normaliseFeatures } from '../../../models/numeric';
import type { EmbeddingRows } from './embeddingRows';
import type { FeatureMatrices, FeatureMatrix } from './embedding.ports';
import { readHalfRows } from './halfRows';

const rowsPerRead = 1_000;

/** The state beside a matrix file: its present rows, and how far it follows the database. */
interface State {
  horizon: string;
  dimensions: number;
}

/**
 * Keeps matrix files on this machine's disk in step with the database, which is the source of
 * truth. Processes on one disk share them. An embedding never changes, so two processes write the
 * same row, and the state file is replaced as a whole.
 */
export class FeatureCache implements FeatureMatrices {
  private readonly syncing = new Map<string, Promise<unknown>>();

  constructor(
    private readonly folder: string,
    private readonly embeddings: EmbeddingRows,
  ) {}

  /** Opens the matrix with every embedding that is committed now. */
  async open(datasetId: string, backboneId: string, dimensions: number): Promise<FeatureMatrix> {
    const key = `${datasetId}.${backboneId.replace(/[^\w.-]/g, '_')}`;
    // One sync at a time per file, because a run and a rescoring may open the same one.
    const before = this.syncing.get(key) ?? Promise.resolve();
    const opened = before
      .catch(() => {})
      .then(() => this.sync(key, datasetId, backboneId, dimensions));
    this.syncing.set(key, opened);
    return opened;
  }

  async openStored(datasetId: string, backboneId: string): Promise<FeatureMatrix | undefined> {
    const dimensions = await this.embeddings.dimensions(datasetId, backboneId);
    return dimensions ? this.open(datasetId, backboneId, dimensions) : undefined;
  }

  private async sync(
    key: string,
    datasetId: string,
    backboneId: string,
    dimensions: number,
  ): Promise<FeatureMatrix> {
    await mkdir(this.folder, { recursive: true });
    const file = join(this.folder, `${key}.f16`);
    const stateFile = join(this.folder, `${key}.state`);
    const known = await open(file, 'r+').catch(() => undefined);
    const state = known && (await readState(stateFile, dimensions));
    let present: Uint8Array = state?.present ?? new Uint8Array(0);
    const since = BigInt(state?.horizon ?? 0);
    const horizon = await this.embeddings.horizon();
    // Never truncate it: another process may have begun to fill it.
    const handle = known ?? (await open(file, constants.O_RDWR | constants.O_CREAT));
    try {
      for (let after = -1; ;) {
        const rows = await this.embeddings.readSince(
          datasetId,
          backboneId,
          since,
          after,
          rowsPerRead,
        );
        for (const { ordinal, vector } of rows) {
          await handle.write(vector, 0, vector.length, ordinal * dimensions * 2);
          present = grown(present, ordinal + 1);
          present[ordinal] = 1;
        }
        if (rows.length < rowsPerRead) break;
        after = rows.at(-1)?.ordinal ?? after;
      }
      await writeState(stateFile, { horizon: String(horizon), dimensions }, present);
      return new MatrixFile(handle, backboneId, dimensions, present);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }
}

/** The matrix as one file of half floats. Its row is the image's ordinal. */
class MatrixFile implements FeatureMatrix {
  constructor(
    private readonly handle: FileHandle,
    readonly backboneId: string,
    readonly dimensions: number,
    readonly present: Uint8Array,
  ) {}

  async rows(ordinals: Int32Array): Promise<Float32Array> {
    const features = fromHalf(await this.halves(ordinals));
    return normaliseFeatures(features, this.dimensions, features);
  }

  halves(ordinals: Int32Array): Promise<Uint16Array> {
    return readHalfRows(this.handle, ordinals, this.dimensions);
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

async function readState(file: string, dimensions: number) {
  try {
    const bytes = await readFile(file);
    const end = bytes.indexOf('\n');
    const state = JSON.parse(bytes.toString('utf8', 0, end)) as State;
    if (state.dimensions !== dimensions) return undefined;
    return { horizon: state.horizon, present: new Uint8Array(bytes.subarray(end + 1)) };
  } catch {
    return undefined;
  }
}

async function writeState(file: string, state: State, present: Uint8Array): Promise<void> {
  const aside = `${file}.${uuid()}`;
  await writeFile(aside, Buffer.concat([Buffer.from(`${JSON.stringify(state)}\n`), present]));
  await rename(aside, file);
}

function grown(present: Uint8Array, length: number): Uint8Array {
  if (length <= present.length) return present;
  const larger = new Uint8Array(Math.max(length, Math.ceil(present.length * 1.5)));
  larger.set(present);
  return larger;
}
