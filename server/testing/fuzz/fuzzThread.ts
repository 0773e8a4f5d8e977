import 'reflect-metadata';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { seededRandom } from '../../../models/numeric';
import { mutate, oneOf } from './mutate';
import type { FuzzThreadData } from './fuzz';
import { faultyTargets, fuzzTargets } from './targets';

/** The thread in which a target runs: `fuzz` watches it from outside, because it may hang. */
const { target: name, seed, corpus, file, state, current } = workerData as FuzzThreadData;

const target = { ...fuzzTargets, ...faultyTargets }[name];
const counters = new Int32Array(state);
const shown = new Uint8Array(current);

/** Shows the input before it is read, so that it is known when the thread does not come back. */
async function run(input: Buffer): Promise<void> {
  shown.set(input.subarray(0, shown.length));
  Atomics.store(counters, 1, Math.min(input.length, shown.length));
  Atomics.add(counters, 0, 1);
  try {
    await target.run(input, file);
  } catch (error) {
    parentPort?.postMessage({ reason: String(error instanceof Error ? error.stack : error) });
    await new Promise(() => {});
  }
}

function kept(): Buffer[] {
  try {
    return readdirSync(corpus).map((one) => readFileSync(join(corpus, one)));
  } catch {
    return [];
  }
}

async function main(): Promise<void> {
  const seeds = [...(await target.seeds()), ...kept()];
  for (const input of seeds) await run(input);
  const random = seededRandom(seed);
  for (let count = 1; ; count++) {
    await run(mutate(oneOf(seeds, random), random, seeds, target.mutations));
    // Streams and timers of the readers need their turn.
    if (count % 64 === 0) await turn();
  }
}

void main();
