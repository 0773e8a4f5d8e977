import { open, readFile, rename, rm } from 'node:fs/promises';
import { ModelInputError } from '../../../errors';
import type { OptimizerState } from '../optimisation/optimizer';

/** Where a training puts itself away after every epoch. */
export interface CheckpointStore {
  /** Keeps these parts, one after the other, in place of what it kept: all of it or none. */
  save(parts: readonly Uint8Array[]): Promise<void>;
  /** What was saved last; undefined if nothing was. */
  load(): Promise<Uint8Array | undefined>;
}

/** How one epoch went. */
export interface EpochRecord {
  /** From 1. */
  epoch: number;
  /** Learning rate of its last step. */
  learningRate: number;
  /** Means over the epoch's steps, while the weights moved. */
  loss: number;
  accuracy: number;
  /** After the epoch; undefined without validation images. */
  validationLoss?: number | undefined;
  validationAccuracy?: number | undefined;
  seconds: number;
}

/** A training between two epochs. */
export interface Checkpoint {
  /** What has to be alike for the training to go on. */
  fingerprint: string;
  history: EpochRecord[];
  weights: Float32Array[];
  optimizer: OptimizerState;
  /** The weights of the best epoch, where they are not the current ones. */
  best?: { epoch: number; weights: Float32Array[] } | undefined;
}

const magic = 'labelloop-training-1';

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array) =>
  new Uint8Array(buffer, byteOffset, byteLength);

/** A line of JSON with the lengths of what follows it, then the floats. */
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

/** @throws ModelInputError `VALUE` for what is no whole checkpoint */
export function readCheckpoint(bytes: Uint8Array): Checkpoint {
  const end = bytes.indexOf(10);
  const header = parseHeader(bytes.subarray(0, Math.max(0, end)));
  const total = [header.weights, header.slots, header.best].flat().reduce((a, b) => a + b, 0);
  if (bytes.length !== end + 1 + 4 * total)
    throw new ModelInputError(
      'VALUE',
      `The checkpoint is cut short: ${bytes.length} bytes, not ${end + 1 + 4 * total}`,
    );
  let at = end + 1;
  const take = (lengths: readonly number[]) =>
    lengths.map((length) => {
      const values = new Float32Array(length);
      bytesOf(values).set(bytes.subarray(at, (at += 4 * length)));
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
    // What is said below is all there is to say.
  }
  throw new ModelInputError('VALUE', 'This is no checkpoint of a training');
}

/**
 * Keeps checkpoints in one file. A new one is written beside it, flushed to the disk and renamed, so
 * that whoever kills the process leaves the old one or the new one.
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

/** Keeps the last checkpoint in memory: for trainings that pause and go on in one process. */
export function memoryCheckpoints(): CheckpointStore {
  let kept: Uint8Array | undefined;
  return {
    save: (parts) => {
      kept = Buffer.concat(parts);
      return Promise.resolve();
    },
    load: () => Promise.resolve(kept),
  };
}
