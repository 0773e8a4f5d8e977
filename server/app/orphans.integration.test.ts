import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ApiClient } from '../testing/apiClient';
import { createDataset, uploadPhotos } from '../testing/factories';
import { startScene, type Scene } from '../testing/scene';

let scene: Scene;
let ada: ApiClient;
let store: string;
let imageIds: string[];

beforeAll(async () => {
  scene = await startScene({ worker: false });
  [ada] = scene.people as [ApiClient];
  store = join(scene.server.container.config.dataFolder, 'store');
  imageIds = await uploadPhotos(ada, (await createDataset(ada, 'kept')).id, 5);
});
afterAll(() => scene.close());

const anHourAgo = () => new Date(Date.now() - 3_600_000);
const sweep = (isDryRun = false) =>
  scene.server.container.orphans.sweep({ before: anHourAgo(), isDryRun });

/** Writes a file of the store, two hours old. */
async function write(key: string, hoursOld = 2): Promise<string> {
  const path = join(store, key);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, 'left behind');
  const then = new Date(Date.now() - hoursOld * 3_600_000);
  await utimes(path, then, then);
  return path;
}

/** Makes every stored file two hours old. */
async function age(folder = store): Promise<string[]> {
  const then = new Date(Date.now() - 2 * 3_600_000);
  const files: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) files.push(...(await age(path)));
    else files.push(path);
    if (entry.isFile()) await utimes(path, then, then);
  }
  return files;
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

const key = (folder: string, id: string) => `${folder}/${randomUUID()}/${id.slice(-2)}/${id}`;

test('files that no row names are removed, and those of images stay', async () => {
  const kept = await age();
  const [id, ticket] = [randomUUID(), randomUUID()];
  const orphans = await Promise.all([
    write(key('images', id)),
    write(`${key('thumbnails', id)}.webp`),
    write(`uploads/${ticket}`),
    // A process was killed while it wrote.
    write(`${key('images', id)}.${randomUUID()}`),
    write(`uploads/${ticket}.${randomUUID()}`),
  ]);
  expect(await sweep(true)).toMatchObject({ orphans: orphans.length });
  expect(await Promise.all(orphans.map(exists))).not.toContain(false);
  expect(await sweep()).toMatchObject({ removed: orphans.length });
  expect(await Promise.all(orphans.map(exists))).not.toContain(true);
  expect(kept.length).toBeGreaterThanOrEqual(2 * imageIds.length);
  expect(await Promise.all(kept.map(exists))).not.toContain(false);
  expect(await sweep()).toMatchObject({ orphans: 0 });
});

test('a new file stays, because its row may not be committed yet', async () => {
  const path = await write(key('images', randomUUID()), 0);
  expect(await sweep()).toMatchObject({ orphans: 0 });
  expect(await exists(path)).toBe(true);
});

test('a file that is not ours stays', async () => {
  const path = await write('images/notes.txt');
  expect(await sweep()).toMatchObject({ orphans: 0 });
  expect(await exists(path)).toBe(true);
});

test('many orphans are a sign of the wrong database, so nothing is removed', async () => {
  const paths = await Promise.all(
    Array.from({ length: 101 }, () => write(key('images', randomUUID()))),
  );
  expect(await sweep()).toMatchObject({ orphans: 101, removed: 0 });
  expect(await Promise.all(paths.map(exists))).not.toContain(false);
  await Promise.all(paths.map((path) => rm(path)));
});

test('an upload that cannot be stored as a whole leaves nothing behind', async () => {
  const before = await age();
  // A file stands where the folder of thumbnails of a new dataset has to be.
  const dataset = await createDataset(ada, randomUUID());
  const plain = Buffer.from(dataset.id, 'base64url').toString().split(':').at(-1) ?? '';
  await writeFile(join(store, 'thumbnails', plain), '');
  await expect(uploadPhotos(ada, dataset.id, 1)).rejects.toThrow();
  const left = (await age()).filter((path) => path.includes(`images/${plain}`));
  expect(left).toEqual([]);
  expect(before.length).toBeGreaterThan(0);
});
