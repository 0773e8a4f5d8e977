/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { findBackbones } from '../../backbones/registry';
import { openBackbone } from '../../backbones/session';
import { seededRandom } from '../../numeric/random';
import { writeOnnxModel } from '../../onnx/model';
import { tinyCompactNet } from '../../testing/tinyCompactNet';
import { netGraph } from './compactGraph';
import { defaultSettings, makeCompactBackbone, photosOf, type RecipeInput } from './recipe';

let folder: string;
let input: RecipeInput;

async function drawPhotos(images: string): Promise<void> {
  const random = seededRandom('photos');
  for (const name of ['a', 'b', 'c', 'd']) {
    await mkdir(join(images, name), { recursive: true });
    for (let index = 0; index < 4; index++)
      await sharp(
        Uint8Array.from({ length: 40 * 30 * 3 }, () => random.below(256)),
        {
          raw: { width: 40, height: 30, channels: 3 },
        },
      )
        .png()
        .toFile(join(images, name, `${index}.png`));
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recipe-'));
  const [images, teacher] = [join(folder, 'images'), join(folder, 'teacher.onnx')];
  await drawPhotos(images);
  await writeFile(teacher, writeOnnxModel(netGraph(tinyCompactNet(12), 64, 'float32')));
  const settings = {
    ...defaultSettings,
    ...{ inputSize: 32, keep: 0.5, pruningViews: 20, steps: 3, batchSize: 4, frozenBlocks: 1 },
    holdOutEvery: 2,
  };
  input = { images, teacher, settings, threads: 1 };
});
afterAll(() => rm(folder, { recursive: true }));

describe('the recipe of the built-in backbone', () => {
  it('makes the same backbone from the same input, and records its sources', async () => {
    const { file, record } = await makeCompactBackbone(input);
    expect(record).toMatchObject({
      settings: input.settings,
      photos: 8,
      heldOutFolders: ['b', 'd'],
      sha256: createHash('sha256').update(file).digest('hex'),
    });
    expect(record.lastLoss).toBeGreaterThan(0);
    expect((await makeCompactBackbone(input)).record.sha256).toBe(record.sha256);

    const made = join(folder, 'made');
    await mkdir(made);
    await writeFile(join(made, 'compact.onnx'), file);
    const { found, rejected } = await findBackbones([made]);
    expect(rejected).toEqual([]);
    expect(found[0]).toMatchObject({
      inputSize: 32,
      embeddingSize: 12,
      hasFeatureMap: true,
      name: 'Labelloop Compact',
    });
    const session = await openBackbone(found[0]!);
    await session.dispose();
  });

  it('makes another backbone from another seed', async () => {
    const { record } = await makeCompactBackbone(input);
    const settings = { ...input.settings, seed: 2 };
    const other = await makeCompactBackbone({ ...input, settings });
    expect(other.record.photosSha256).toBe(record.photosSha256);
    expect(other.record.sha256).not.toBe(record.sha256);
  });

  it('hashes the bytes of the photos, and refuses a folder without photos', async () => {
    const before = await photosOf(input.images, 0);
    expect(before.files).toHaveLength(16);
    await writeFile(join(input.images, 'a', '0.png'), 'other bytes');
    expect((await photosOf(input.images, 0)).sha256).not.toBe(before.sha256);
    await mkdir(join(folder, 'none', 'empty'), { recursive: true });
    await expect(photosOf(join(folder, 'none'), 0)).rejects.toThrow('no folders of photos');
  });
});
