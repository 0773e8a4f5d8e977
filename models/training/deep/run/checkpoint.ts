import { open, readFile, rename, rm } from 'node:fs/promises';
import { ModelInputError } from '../../../errors';
import type { OptimizerState } from '../optimisation/optimizer';

/** Stores the checkpoint that a training saves after every epoch. */
export interface CheckpointStore {
  /** Replaces the checkpoint by the concatenated parts, atomically. */
  save(parts: readonly Uint8Array[]): Promise<void>;
  /** Loads the last checkpoint; undefined if there is none. */
  load(): Promise<Uint8Array | undefined>;
}

/** The results of one epoch. */
export interface EpochRecord {
  /** From 1. */
  epoch: number;
  /** Learning rate of the last step. */
  learningRate: number;
  /** Mean training loss over the epoch's steps. */
  loss: number;
  /** Mean training accuracy over the epoch's steps. */
  accuracy: number;
  /** Measured after the epoch; undefined without validation images. */
  validationLoss?: number | undefined;
  validationAccuracy?: number | undefined;
  seconds: number;
}

/** The state of a training between two epochs. */
export interface Checkpoint {
  /** Identifies net, classes, images and options. A training resumes only if it is equal. */
  fingerprint: string;
  history: EpochRecord[];
  weights: Float32Array[];
  optimizer: OptimizerState;
  /** The weights of the best epoch, if it is not the last one. */
  best?: { epoch: number; weights: Float32Array[] } | undefined;
}

const magic = 'labelloop-training-1';

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** Serialises a checkpoint: a line of JSON with the array lengths, then the floats. */
export function writeCheckpoint(checkpoint: Checkpoint): Uint8Array[] {
  const { fingerprint, history, weights, optimizer, best } = checkpoint;
  const lengths = (values: readonly Float32Array[]) => values.map(({ length }) => length);
  const header = {
    magic,
    fingerprint,
    history,
    steps: optimizer.steps,
    bestEpoch: best?.epoch,
    weights: lengths(weights),
    slots: lengths(optimizer.slots),
    best: lengths(best?.weights ?? []),
  };
  const text = new TextEncoder().encode(`${JSON.stringify(header)}\n`);
  const values = [...weights, ...optimizer.slots, ...(best?.weights ?? [])];
  return [text, ...values.map(bytesOf)];
}

interface Header {
  magic: string;
  fingerprint: string;
  history: EpochRecord[];
  steps: number;
  bestEpoch?: number;
  weights: number[];
  slots: number[];
  best: number[];
}

/**
 * Reads a checkpoint.
 *
 * @throws ModelInputError `VALUE` if the bytes are not a complete checkpoint
 */
export function readCheckpoint(bytes: Uint8Array): Checkpoint {
  const end = bytes.indexOf(10);
  const header = parseHeader(bytes.subarray(0, Math.max(0, end)));
  const total = [header.weights, header.slots, header.best].flat().reduce((a, b) => a + b, 0);
  if (bytes.length !== end + 1 + 4 * total)
    throw new ModelInputError(
      'VALUE',
      `The checkpoint is incomplete: ${bytes.length} bytes, not ${end + 1 + 4 * total}. Remove it.`,
    );
  let offset = end + 1;
  const take = (lengths: readonly number[]) =>
    lengths.map((length) => {
      const values = new Float32Array(length);
      bytesOf(values).set(bytes.subarray(offset, (offset += 4 * length)));
      return values;
    });
  const { fingerprint, history, steps, bestEpoch } = header;
  const weights = take(header.weights);
  const optimizer = { steps, slots: take(header.slots) };
  const bestWeights = take(header.best);
  const best = bestEpoch === undefined ? undefined : { epoch: bestEpoch, weights: bestWeights };
  return { fingerprint, history, weights, optimizer, best };
}

function parseHeader(bytes: Uint8Array): Header {
  try {
    const header = JSON.parse(new TextDecoder().decode(bytes)) as Header;
    if (header.magic === magic) return header;
  } catch {
    // Invalid JSON gets the same error as a wrong header.
  }
  throw new ModelInputError('VALUE', 'This is not a training checkpoint. Remove it.');
}

/**
 * Creates a store that keeps the checkpoint in one file. A new checkpoint is written to a second
 * file, flushed to the disk and renamed, so that a killed process leaves the old or the new one.
 */
export function fileCheckpoints(file: string): CheckpointStore & { remove(): Promise<void> } {
  const staging = `${file}.part`;
  return {
    save: async (parts) => {
      const handle = await open(staging, 'w');
      try {
        for (const part of parts) await handle.writeFile(part);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(staging, file);
    },
    load: () =>
      readFile(file).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      }),
    remove: async () => {
      await Promise.all([rm(file, { force: true }), rm(staging, { force: true })]);
    },
  };
}

/** Creates a store in memory, for trainings that pause and continue in one process. */
export function memoryCheckpoints(): CheckpointStore {
  let saved: Uint8Array | undefined;
  return {
    save: (parts) => {
      saved = Buffer.concat(parts);
      return Promise.resolve();
    },
    load: () => Promise.resolve(saved),
  };
}
