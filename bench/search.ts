import { randomFillSync } from 'node:crypto';
import { createComparer, nearestRows } from '../models/search';
import { median } from './head';

const [rows, dimensions, found] = [1_000_000, 1_280, 500];
/** Rows in memory: far more than a cache holds, read repeatedly. */
const distinctRows = 102_400;
const chunkRows = 4_096;
const passes = 5;

/** Draws random half floats from 0 to 2. */
function randomHalves(length: number): Uint16Array {
  const words = randomFillSync(new Uint32Array(length / 2));
  for (let i = 0; i < words.length; i++) words[i]! &= 0x3fff3fff;
  return new Uint16Array(words.buffer);
}

/** Yields the embeddings of all rows, a few thousand at a time. */
function* chunksOf(halves: Uint16Array) {
  for (let row = 0; row < rows; row += chunkRows) {
    const from = (row % distinctRows) * dimensions;
    const count = Math.min(chunkRows, rows - row);
    yield { row, count, chunk: halves.subarray(from, from + count * dimensions) };
  }
}

/** Measures one search over embeddings in memory, from the direction to the ranking, in seconds. */
async function search(halves: Uint16Array): Promise<number> {
  const direction = new Float32Array(dimensions).fill(1 / Math.sqrt(dimensions));
  const start = performance.now();
  const comparer = await createComparer(direction);
  const similarities = new Float32Array(rows);
  for (const { row, count, chunk } of chunksOf(halves))
    similarities.set(await comparer.compare(chunk, count), row);
  nearestRows(similarities, found);
  await comparer.dispose();
  return (performance.now() - start) / 1000;
}

/** Measures the seconds to read the embeddings once from memory without any work on them. */
function copy(halves: Uint16Array): number {
  const target = new Uint16Array(chunkRows * dimensions);
  const start = performance.now();
  for (const { chunk } of chunksOf(halves)) target.set(chunk);
  return (performance.now() - start) / 1000;
}

/** Finds the images most similar to one among a million, on one thread as the server does. */
export async function benchSearch(): Promise<Record<string, unknown>> {
  const halves = randomHalves(distinctRows * dimensions);
  const seconds: number[] = [];
  const limits: number[] = [];
  for (let pass = 0; pass < passes; pass++) {
    seconds.push(await search(halves));
    limits.push(copy(halves));
  }
  return {
    bench: 'search',
    shape: [rows, dimensions],
    distinctRows,
    found,
    threads: 1,
    seconds: median(seconds),
    limit: { copyingThemOnceSeconds: median(limits) },
  };
}
