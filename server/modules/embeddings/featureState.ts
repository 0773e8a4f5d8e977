import { open, readFile, rename, rm } from 'node:fs/promises';
import { v4 as uuid } from 'uuid';
import { crc32 } from 'node:zlib';

/** Increase it when the layout changes. A matrix file with another state is built again. */
const version = 2;

interface Header {
  version: number;
  horizon: string;
  dimensions: number;
  /** Number of rows that the state describes. */
  rows: number;
  /** CRC-32 of what follows. */
  crc: number;
}

/** The rows of a matrix file that are there, and their checksums. Both arrays are equally long. */
export interface FeatureState {
  /** 1 where the ordinal has a row. */
  present: Uint8Array;
  /** CRC-32 of each row. */
  checksums: Uint32Array;
}

/** A state and how far it follows the database. */
export interface StoredState extends FeatureState {
  horizon: bigint;
}

export const emptyState = (): FeatureState => ({
  present: new Uint8Array(0),
  checksums: new Uint32Array(0),
});

/** The ordinal is part of it, so that a row at a wrong place is found too. */
export const checksumOf = (row: Uint8Array, ordinal: number): number => crc32(row, ordinal);

/** Records a row. Returns larger arrays if it has no place yet. */
export function withRow(state: FeatureState, ordinal: number, row: Uint8Array): FeatureState {
  const larger = grown(state, ordinal + 1);
  larger.present[ordinal] = 1;
  larger.checksums[ordinal] = checksumOf(row, ordinal);
  return larger;
}

function grown(state: FeatureState, rows: number): FeatureState {
  if (rows <= state.present.length) return state;
  const length = Math.max(rows, Math.ceil(state.present.length * 1.5));
  const present = new Uint8Array(length);
  const checksums = new Uint32Array(length);
  present.set(state.present);
  checksums.set(state.checksums);
  return { present, checksums };
}

/** Undefined if the file is missing or damaged, or describes another kind of matrix. */
export async function readState(
  file: string,
  dimensions: number,
): Promise<StoredState | undefined> {
  try {
    const bytes = await readFile(file);
    const end = bytes.indexOf('\n');
    const header = JSON.parse(bytes.toString('utf8', 0, end)) as Header;
    const body = bytes.subarray(end + 1);
    const { rows } = header;
    if (header.version !== version || header.dimensions !== dimensions) return undefined;
    if (body.length !== 5 * rows || crc32(body) !== header.crc) return undefined;
    const checksums = new Uint32Array(rows);
    new Uint8Array(checksums.buffer).set(body.subarray(rows));
    return {
      horizon: BigInt(header.horizon),
      present: new Uint8Array(body.subarray(0, rows)),
      checksums,
    };
  } catch {
    return undefined;
  }
}

/** Replaces the file as a whole. It is on the disk when this resolves. */
export async function writeState(
  file: string,
  { horizon, present, checksums }: StoredState,
  dimensions: number,
): Promise<void> {
  const body = Buffer.concat([present, new Uint8Array(checksums.buffer)]);
  const header: Header = {
    ...{ version, dimensions, horizon: String(horizon) },
    ...{ rows: present.length, crc: crc32(body) },
  };
  const staging = `${file}.${uuid()}`;
  try {
    const handle = await open(staging, 'w', 0o600);
    try {
      await handle.writeFile(Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), body]));
      await handle.datasync();
    } finally {
      await handle.close();
    }
    await rename(staging, file);
  } finally {
    await rm(staging, { force: true });
  }
}
