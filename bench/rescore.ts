import { randomFillSync } from 'node:crypto';
import { mkdtemp, open, rm, statfs, type FileHandle } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { seededRandom } from '../models/numeric';
import { writeOnnxModel } from '../models/onnx';
import { createScorer } from '../models/training';
import { median } from './head';
import { MissingMaterial } from './material';

const [rows, dimensions, classes] = [1_000_000, 1_280, 101];
const chunkRows = 4_096;
const rowBytes = 2 * dimensions;
/** Rows of the matrix product alone: small enough for the cache, like the scorer's. */
const productRows = 1_024;
const passes = 3;

/** Draws random half floats from 0 to 2, as a feature file stores them. */
async function writeRows(file: FileHandle): Promise<void> {
  for (let row = 0; row < rows; row += chunkRows) {
    const count = Math.min(chunkRows, rows - row);
    const words = randomFillSync(new Uint32Array((count * dimensions) / 2));
    // Clears the sign bit and the highest exponent bit: no infinity, no NaN.
    for (let i = 0; i < words.length; i++) words[i]! &= 0x3fff3fff;
    await file.write(new Uint8Array(words.buffer), 0, count * rowBytes, row * rowBytes);
  }
}

function randomHead() {
  const random = seededRandom(1);
  const normals = (length: number, scale: number) =>
    Float32Array.from({ length }, () => scale * random.normal());
  return { weights: normals(dimensions * classes, 0.2), bias: normals(classes, 0.2) };
}

async function readChunk(file: FileHandle, row: number): Promise<Uint16Array> {
  const halves = new Uint16Array(Math.min(chunkRows, rows - row) * dimensions);
  const bytes = new Uint8Array(halves.buffer);
  await file.read(bytes, 0, bytes.length, row * rowBytes);
  return halves;
}

/**
 * Scores the file once while reading ahead. Returns seconds in the scorer, waiting for the disk,
 * and in total.
 */
async function scoreFile(file: FileHandle, threads: number) {
  const scorer = await createScorer({
    head: randomHead(),
    dimensions,
    classes,
    threads,
    rows: 'halves',
  });
  const margins = new Float32Array(rows);
  const start = performance.now();
  let [compute, disk] = [0, 0];
  let next = readChunk(file, 0);
  for (let row = 0; row < rows; row += chunkRows) {
    const asked = performance.now();
    const halves = await next;
    const began = performance.now();
    if (row + chunkRows < rows) next = readChunk(file, row + chunkRows);
    const scores = await scorer.score(halves, halves.length / dimensions);
    margins.set(scores.margin, row);
    compute += performance.now() - began;
    disk += began - asked;
  }
  const whole = performance.now() - start;
  await scorer.dispose();
  return { compute: compute / 1000, disk: disk / 1000, whole: whole / 1000 };
}

/**
 * Estimates the seconds of the matrix product alone for the same number of float rows, from a part
 * of them.
 */
async function productSeconds(threads: number): Promise<number> {
  const shape = ['n', dimensions];
  const model = writeOnnxModel({
    name: 'product',
    inputs: [{ name: 'x', type: 'float32', shape }],
    outputs: [{ name: 'z', type: 'float32', shape: ['n', classes] }],
    initializers: [{ name: 'w', shape: [dimensions, classes], data: randomHead().weights }],
    nodes: [{ operator: 'MatMul', inputs: ['x', 'w'], outputs: ['z'] }],
  });
  const session = await InferenceSession.create(model, { intraOpNumThreads: threads });
  const x = new Tensor('float32', new Float32Array(productRows * dimensions).fill(0.1), [
    productRows,
    dimensions,
  ]);
  const seconds: number[] = [];
  for (let i = 0; i < 160; i++) {
    const start = performance.now();
    await session.run({ x });
    seconds.push((performance.now() - start) / 1000);
  }
  await session.release();
  return (median(seconds) * rows) / productRows;
}

async function measure(file: FileHandle, threads: number) {
  const [compute, disk, whole, product]: number[][] = [[], [], [], []];
  for (let i = 0; i < passes; i++) {
    const pass = await scoreFile(file, threads);
    compute!.push(pass.compute);
    disk!.push(pass.disk);
    whole!.push(pass.whole);
    product!.push(await productSeconds(threads));
    console.log(
      `pass ${i + 1}: compute ${pass.compute.toFixed(2)} s, waiting for the disk ${pass.disk.toFixed(2)} s`,
    );
  }
  return {
    computeSeconds: median(compute!),
    diskSeconds: median(disk!),
    wholeSeconds: median(whole!),
    limitSeconds: median(product!),
  };
}

/** Scores a million embeddings from a feature file, beside the matrix product alone. */
export async function benchRescore(): Promise<Record<string, unknown>> {
  const { bavail, bsize } = await statfs(tmpdir());
  if (bavail * bsize < 2 * rows * rowBytes)
    throw new MissingMaterial(
      `Scoring ${rows} rows needs ${2 * rows * rowBytes} free bytes in ${tmpdir()}`,
    );
  const folder = await mkdtemp(join(tmpdir(), 'labelloop-rescore-'));
  const threads = availableParallelism();
  try {
    const file = await open(join(folder, 'rows.f16'), 'w+');
    await writeRows(file);
    const seconds = await measure(file, threads).finally(() => file.close());
    return {
      bench: 'rescore',
      shape: [rows, dimensions, classes],
      threads,
      passes,
      ...seconds,
      ratioToLimit: seconds.limitSeconds / seconds.computeSeconds,
      gflopPerSecond: (2 * rows * dimensions * classes) / seconds.computeSeconds / 1e9,
      peakMemoryMiB: process.resourceUsage().maxRSS / 1024,
      compute:
        'time in the scorer: half floats to floats, lengths, product, softmax, top 5, margin, ' +
        'entropy, results in arrays; the next rows are read from the file meanwhile',
      limit: 'only the product of the same number of float rows and the weights',
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}
