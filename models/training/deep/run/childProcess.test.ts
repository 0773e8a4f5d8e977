/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { architectures } from '../../../backbones/architectures';
import { backboneGraph } from '../../../backbones/exportBackbone';
import type { Backbone } from '../../../backbones/backbone';
import { findBackbones } from '../../../backbones/registry';
import { openTfjs } from '../../../engine/tfjs';
import { writeOnnxModel } from '../../../onnx/model';
import { colourImages } from '../../../testing/colourImages';
import { trainInChildProcess, type TrainInChildProcessInput } from './childProcess';
import { readCheckpoint } from './checkpoint';
import type { LabelledImage } from '../data/dataLoader';

const root = join(__dirname, '../../../..');
const engine = { backend: 'wasm', threads: 1 } as const;
let folder: string;
let backbone: Backbone;
let train: LabelledImage[];

beforeAll(async () => {
  execFileSync(process.execPath, ['scripts/build.mjs', 'server'], { cwd: root });
  await openTfjs(engine);
  folder = await mkdtemp(join(tmpdir(), 'child-process-'));
  const model = architectures.find(({ id }) => id === 'mobilenet')!.build({ inputSize: 32 });
  const graph = await backboneGraph(model, { architecture: 'mobilenet' });
  model.dispose();
  await writeFile(join(folder, 'small.onnx'), writeOnnxModel(graph));
  backbone = (await findBackbones([folder])).found[0]!;
  train = await colourImages(12, 3);
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));

const run = (name: string, overrides: Partial<TrainInChildProcessInput> = {}) =>
  trainInChildProcess({
    net: { kind: 'fineTune', backbone, from: 'conv_dw_13', stem: { threads: 1 } },
    images: { train, validation: train.slice(0, 6) },
    classes: 3,
    options: { epochs: 2, batchSize: 4 },
    engine,
    folder: join(folder, name),
    ...overrides,
  });

describe('training in a child process', () => {
  it('reports progress and writes a backbone file and weights for a warm start', async () => {
    let batches = 0;
    const onProgress = () => batches++;
    const first = await run('first', { onProgress });
    expect(first.history).toHaveLength(2);
    expect(first.metrics.validation!.images).toBe(6);
    expect(first.difference).toBeLessThan(1e-3);
    expect(batches).toBeGreaterThan(6);
    const { found } = await findBackbones([join(folder, 'first')]);
    expect(found[0]).toMatchObject({ id: 'net', inputSize: 32, embeddingSize: 1024 });
    expect(existsSync(join(folder, 'first', 'training.checkpoint'))).toBe(false);
    const second = await run('second', { start: { weightsFile: first.weightsFile } });
    const weights = async (file: string) => readCheckpoint(await readFile(file)).weights;
    expect(await weights(second.weightsFile)).not.toEqual(await weights(first.weightsFile));
  });

  it('stops at once with its signal, and keeps a checkpoint', async () => {
    const controller = new AbortController();
    const options = { epochs: 50, batchSize: 4 };
    let abortedAt = 0;
    const cancelled = run('long', {
      options,
      signal: controller.signal,
      onProgress: ({ epoch }) => {
        if (epoch < 3 || abortedAt) return;
        abortedAt = performance.now();
        controller.abort();
      },
    });
    await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
    expect(performance.now() - abortedAt).toBeLessThan(1000);
    const saved = await readFile(join(folder, 'long', 'training.checkpoint'));
    expect(readCheckpoint(saved).history.length).toBeGreaterThanOrEqual(2);
  });

  it('passes on errors about its input', async () => {
    const broken = [...train, { image: Buffer.from('nothing'), label: 1 }];
    await expect(run('broken', { images: { train: broken } })).rejects.toMatchObject({
      name: 'ModelInputError',
      code: 'IMAGE',
    });
  });
});
