import { constants } from 'node:fs';
import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { EmbeddingRow, EmbeddingRows } from './embeddingRows';
import type { FeatureMatrices, FeatureMatrix } from './embedding.ports';
import { FeatureMatrixFile } from './featureMatrixFile';
import { emptyState, readState, withRow, writeState, type FeatureState } from './featureState';

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
    private readonly logger: Logger,
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
    const stateFile = join(this.folder, `${key}.rows`);
    const known = await open(file, 'r+').catch(() => undefined);
    const before = known && (await readState(stateFile, dimensions));
    const horizon = await this.embeddings.horizon();
    // Never truncate it: another process may have begun to fill it.
    const handle = known ?? (await open(file, constants.O_RDWR | constants.O_CREAT));
    try {
      const rows = this.embeddings.since(datasetId, backboneId, before?.horizon ?? 0n);
      const { count, state } = await write(handle, dimensions, before ?? emptyState(), rows);
      if (count > 0) {
        // A state must not vouch for rows that a power cut could still lose.
        await handle.datasync();
        await writeState(stateFile, { ...state, horizon }, dimensions);
      }
      return new FeatureMatrixFile({
        ...{ handle, backboneId, dimensions, state },
        stored: (ordinals) => this.embeddings.read(datasetId, backboneId, ordinals),
        logger: this.logger,
      });
    } catch (error) {
      await handle.close();
      throw error;
    }
  }
}

/** Writes rows to a matrix file. @returns how many, and the state with them */
async function write(
  handle: FileHandle,
  dimensions: number,
  before: FeatureState,
  rows: AsyncIterable<EmbeddingRow>,
): Promise<{ count: number; state: FeatureState }> {
  let [count, state] = [0, before];
  for await (const { ordinal, vector } of rows) {
    await handle.write(vector, 0, vector.length, ordinal * dimensions * 2);
    state = withRow(state, ordinal, vector);
    count++;
  }
  return { count, state };
}
