import { randomFillSync } from 'node:crypto';
import { createComparer } from '../models/search/cosine';
import { nearestRows } from '../models/search/nearest';
import { median } from './head';

const [rows, dimensions, found] = [100_000, 1_280, 500];
const chunkRows = 4_096;
const passes = 5;

/** Random half floats from 0 to 2. */
function randomHalves(length: number): Uint16Array {
  const words = randomFillSync(new Uint32Array(length / 2));
  for (let i = 0; i < words.length; i++) words[i]! &= 0x3fff3fff;
  return new Uint16Array(words.buffer);
}

/** Seconds that one search over embeddings in memory takes, from the direction to the ranking. */
async function search(halves: Uint16Array): Promise<number> {
  const direction = new Float32Array(dimensions).fill(1 / Math.sqrt(dimensions));
  const start = performance.now();
  const comparer = await createComparer(direction);
  const similarities = new Float32Array(rows);
  for (let row = 0; row < rows; row += chunkRows) {
    const count = Math.min(chunkRows, rows - row);
    const chunk = halves.subarray(row * dimensions, (row + count) * dimensions);
    similarities.set(await comparer.compare(chunk, count), row);
  }
  nearestRows(similarities, found);
  await comparer.dispose();
  return (performance.now() - start) / 1000;
}

/** Finds the images most like one among a hundred thousand, on one thread as the server does. */
export async function benchSearch(): Promise<Record<string, unknown>> {
  const halves = randomHalves(rows * dimensions);
  const seconds: number[] = [];
  for (let pass = 0; pass < passes; pass++) seconds.push(await search(halves));
  return {
    bench: 'search',
    shape: [rows, dimensions],
    found,
    threads: 1,
    seconds: median(seconds),
  };
}
