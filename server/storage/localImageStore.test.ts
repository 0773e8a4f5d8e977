import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { DiskRoom, StoreFullError } from './diskRoom';
import { LocalImageStore } from './localImageStore';

const mebibyte = 1024 * 1024;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'labelloop-store-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function bytesIn(path: string): Promise<number> {
  const files = await readdir(path, { recursive: true, withFileTypes: true });
  const sizes = files
    .filter((file) => file.isFile())
    .map((file) =>
      stat(join(file.parentPath, file.name)).then(
        ({ size }) => size,
        () => 0,
      ),
    );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

/** A disk of `size` bytes that holds what is in the folder. */
function smallDisk(size: number, minFreeBytes?: number) {
  return new DiskRoom(folder, minFreeBytes, async () => ({
    bavail: size - (await bytesIn(folder)),
    blocks: size,
    bsize: 1,
  }));
}
const photo = (mebibytes: number) =>
  Readable.from(Array.from({ length: mebibytes * 4 }, () => Buffer.alloc(mebibyte / 4)));

test('a file that fits is stored', async () => {
  const store = new LocalImageStore(folder, smallDisk(40 * mebibyte, 10 * mebibyte));
  await store.put('images/a', photo(20));
  expect(await bytesIn(folder)).toBe(20 * mebibyte);
  expect(await store.room()).toBe(10 * mebibyte);
});

test('a stream that does not fit ends before the floor is crossed, and leaves nothing behind', async () => {
  const disk = smallDisk(40 * mebibyte, 10 * mebibyte);
  const store = new LocalImageStore(folder, disk);
  await expect(store.put('images/a', photo(60))).rejects.toThrow(StoreFullError);
  expect(await bytesIn(folder)).toBe(0);
  // What the stream had reserved is free again.
  expect(await store.room()).toBe(30 * mebibyte);
  await store.put('images/b', photo(25));
});

test('streams at once do not cross the floor together', async () => {
  let least = Infinity;
  const disk = new DiskRoom(folder, 10 * mebibyte, async () => {
    const bavail = 40 * mebibyte - (await bytesIn(folder));
    least = Math.min(least, bavail);
    return { bavail, blocks: 40 * mebibyte, bsize: 1 };
  });
  const store = new LocalImageStore(folder, disk);
  const puts = Array.from({ length: 6 }, (_, index) => store.put(`images/${index}`, photo(15)));
  const results = await Promise.allSettled(puts);
  expect(results.some(({ status }) => status === 'rejected')).toBe(true);
  expect(least).toBeGreaterThanOrEqual(10 * mebibyte);
});

test('a buffer is refused too, with what is free and what to do', async () => {
  const store = new LocalImageStore(folder, smallDisk(4 * mebibyte, 4 * mebibyte));
  await expect(store.put('images/a', Buffer.alloc(10))).rejects.toThrow(
    /room for 0\.00 GiB.*LABELLOOP_MIN_FREE_GIB/,
  );
});

test('by default a twentieth of a small disk stays free, and 2 GiB of a large one', async () => {
  expect(await smallDisk(100 * mebibyte).left()).toBe(95 * mebibyte);
  expect(await smallDisk(1_000 * 1024 * mebibyte).left()).toBe(998 * 1024 * mebibyte);
});

test('a floor of 0 switches the check off', async () => {
  expect(await smallDisk(0, 0).left()).toBe(Infinity);
  await new LocalImageStore(folder, smallDisk(0, 0)).put('images/a', Buffer.alloc(10));
});

test('a disk that cannot be read refuses', async () => {
  const broken = new DiskRoom(folder, 1, () => Promise.reject(new Error('not readable')));
  await expect(
    new LocalImageStore(folder, broken).put('images/a', Buffer.alloc(1)),
  ).rejects.toThrow('not readable');
});
