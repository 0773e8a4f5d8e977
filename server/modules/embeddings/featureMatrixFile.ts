import type { FileHandle } from 'node:fs/promises';
import type { Logger } from 'pino';
import { fromHalf, normaliseFeatures } from '../../../models/numeric';
import type { FeatureMatrix } from './embedding.ports';
import type { EmbeddingRow } from './embeddingRows';
import { checksumOf, type FeatureState } from './featureState';
import { readHalfRows } from './halfRows';

export interface MatrixFileParts {
  handle: FileHandle;
  backboneId: string;
  dimensions: number;
  state: FeatureState;
  /** Reads rows from the database, which is the source of truth. */
  stored: (ordinals: readonly number[]) => Promise<EmbeddingRow[]>;
  logger: Logger;
}

/**
 * The matrix as one file of half floats. Its row is the image's ordinal. Every row is compared with
 * its checksum when it is read. A damaged or missing row is read from the database and written again.
 */
export class FeatureMatrixFile implements FeatureMatrix {
  constructor(private readonly parts: MatrixFileParts) {}

  get backboneId(): string {
    return this.parts.backboneId;
  }

  get dimensions(): number {
    return this.parts.dimensions;
  }

  get present(): Uint8Array {
    return this.parts.state.present;
  }

  async rows(ordinals: Int32Array): Promise<Float32Array> {
    const features = fromHalf(await this.halves(ordinals));
    return normaliseFeatures(features, this.dimensions, features);
  }

  /** @throws RangeError for an image without an embedding */
  async halves(ordinals: Int32Array): Promise<Uint16Array> {
    const { handle, dimensions, logger, backboneId } = this.parts;
    const missing = ordinals.find((ordinal) => this.present[ordinal] !== 1);
    if (missing !== undefined) throw new RangeError(`The image ${missing} is not embedded`);
    const rows = await readHalfRows(handle, ordinals, dimensions);
    const damaged = this.damagedIn(rows, ordinals);
    if (damaged.length === 0) return rows;
    const count = damaged.length;
    logger.warn({ backboneId, count }, 'damaged features are read from the database again');
    await this.repair([...new Set(damaged.map((place) => ordinals[place]!))]);
    const repaired = await readHalfRows(handle, ordinals, dimensions);
    const left = this.damagedIn(repaired, ordinals).length;
    if (left > 0)
      throw new Error(
        `${left} rows of the feature file are damaged and could not be replaced from the database. ` +
          'Check the disk of this machine.',
      );
    return repaired;
  }

  close(): Promise<void> {
    return this.parts.handle.close();
  }

  /** Returns the places of the rows that differ from their checksum. */
  private damagedIn(rows: Uint16Array, ordinals: Int32Array): number[] {
    const { dimensions, state } = this.parts;
    const rowBytes = dimensions * 2;
    const bytes = new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength);
    const damaged: number[] = [];
    for (const [place, ordinal] of ordinals.entries()) {
      const row = bytes.subarray(place * rowBytes, (place + 1) * rowBytes);
      if (checksumOf(row, ordinal) !== state.checksums[ordinal]) damaged.push(place);
    }
    return damaged;
  }

  private async repair(ordinals: readonly number[]): Promise<void> {
    const { handle, dimensions, stored } = this.parts;
    for (let at = 0; at < ordinals.length; at += rowsPerRepair)
      for (const { ordinal, vector } of await stored(ordinals.slice(at, at + rowsPerRepair)))
        await handle.write(vector, 0, vector.length, ordinal * dimensions * 2);
    await handle.datasync();
  }
}

const rowsPerRepair = 1_000;
