/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { seededRandom } from '../numeric/random';
import { residualNet } from '../testing/residualNet';
import { run } from './run';

let folder: string;
let printed: string;
let told: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quantise-cli-'));
  await mkdir(join(folder, 'shared', 'models'), { recursive: true });
  await writeFile(join(folder, 'shared', 'models', 'net.onnx'), residualNet(16));
  await mkdir(join(folder, 'images', 'cats'), { recursive: true });
  const random = seededRandom(3);
  const raw = { width: 16, height: 16, channels: 3 as const };
  for (let i = 0; i < 12; i++) {
    const pixels = Uint8Array.from({ length: 768 }, () => random.below(256));
    await sharp(pixels, { raw })
      .png()
      .toFile(join(folder, 'images', 'cats', `${i}.png`));
  }
});
afterAll(() => rm(folder, { recursive: true }));

function cli(...args: string[]): Promise<number> {
  printed = '';
  told = '';
  return run(args, {
    env: { LABELLOOP_MODELS: join(folder, 'kept'), LABELLOOP_SHARED: join(folder, 'shared') },
    stdout: { write: (text) => (printed += text) },
    stderr: { write: (text) => (told += text) },
    signal: new AbortController().signal,
  });
}

it('stores a quantised backbone, calibrated on the images below a folder', async () => {
  expect(await cli('quantise', 'net', '--images', join(folder, 'images'))).toBe(0);
  expect(printed).toContain(join(folder, 'kept', 'net-int8.onnx'));
  expect(printed).toContain('calibrated on 12 images');
  expect(await readdir(join(folder, 'kept'))).toEqual(['net-int8.onnx']);
});

it('says what is missing: the id, the folder, a backbone of that id, images in it', async () => {
  expect(await cli('quantise', 'net')).toBe(2);
  expect(told).toContain('--images');
  expect(await cli('quantise', 'net', '--images', join(folder, 'nowhere'))).toBe(2);
  expect(told).toContain('there is no folder');
  expect(await cli('quantise', 'other', '--images', join(folder, 'images'))).toBe(2);
  expect(told).toContain('no backbone other');
  expect(await cli('quantise', 'net', '--images', join(folder, 'shared'))).toBe(1);
  expect(told).toContain('at least 8');
});
