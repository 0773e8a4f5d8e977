import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { faultyTargets, FuzzTargetName } from './targets';

const root = join(__dirname, '..', '..', '..').replace(/dist$/, '');
const thread = join(root, 'dist', 'server', 'testing', 'fuzz', 'fuzzThread.js');

/** What one input may take, on a busy machine. */
const limits = { milliseconds: 5_000, mebibytes: 1_024 };
const maxInputBytes = 256 * 1024;

export interface FuzzOptions {
  target: FuzzTargetName | keyof typeof faultyTargets;
  /** Draws the mutations. The same seed gives the same inputs. */
  seed: string;
  seconds: number;
  /** Default: 1,024. */
  mebibytes?: number;
}

export interface FuzzThreadData {
  target: FuzzOptions['target'];
  seed: string;
  /** The folder with the inputs that are kept. */
  corpus: string;
  /** For readers of files. */
  file: string;
  /** The number of inputs so far, and the length of the present one. */
  state: SharedArrayBuffer;
  /** The present input. */
  current: SharedArrayBuffer;
}

export interface FuzzResult {
  inputs: number;
  /** What the reader did with an input that it must not do. The first one ends the fuzzing. */
  finding?: { reason: string; input: Buffer };
}

export const corpusOf = (target: string): string => join(root, 'fuzz', 'corpus', target);

/**
 * Reads mutated inputs for a time. A finding is an error that is not the reader's own, an input that
 * takes longer than 5 s, or more than 1 GiB of memory.
 */
export async function fuzz({
  target,
  seed,
  seconds,
  mebibytes = limits.mebibytes,
}: FuzzOptions): Promise<FuzzResult> {
  const folder = await mkdtemp(join(tmpdir(), 'labelloop-fuzz-'));
  const data: FuzzThreadData = {
    ...{ target, seed, corpus: corpusOf(target), file: join(folder, 'input') },
    state: new SharedArrayBuffer(8),
    current: new SharedArrayBuffer(maxInputBytes),
  };
  const counters = new Int32Array(data.state);
  const resourceLimits = { maxOldGenerationSizeMb: mebibytes };
  const worker = new Worker(thread, { workerData: data, resourceLimits });
  let reason: string | undefined;
  worker.on('message', (message: { reason: string }) => (reason ??= message.reason));
  worker.on('error', (error) => (reason ??= String(error)));
  const before = process.memoryUsage.rss();
  let [seen, since] = [0, Date.now()];
  const isOver = (end: number) => Date.now() > end && Date.now() - since < 100;
  // The last input may take its time too, and then it is a finding.
  for (const end = Date.now() + seconds * 1000; !reason && !isOver(end); await delay(20)) {
    const count = Atomics.load(counters, 0);
    if (count !== seen) [seen, since] = [count, Date.now()];
    const grown = Math.round((process.memoryUsage.rss() - before) / 2 ** 20);
    if (grown > mebibytes) reason ??= `it takes ${grown} MiB of memory`;
    else if (count > 0 && Date.now() - since > limits.milliseconds)
      reason ??= `it takes longer than ${limits.milliseconds} ms`;
  }
  const input = Buffer.from(new Uint8Array(data.current)).subarray(0, Atomics.load(counters, 1));
  await worker.terminate();
  await rm(folder, { recursive: true, force: true });
  return { inputs: seen, ...(reason && { finding: { reason, input } }) };
}
