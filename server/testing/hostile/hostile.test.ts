import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { inflateRawSync, inflateSync } from 'node:zlib';
import { fromBufferPromise } from 'yauzl';
import { seededRandom } from '../../../models/numeric';
import { deflatedZeros, zlibZeros } from './bytes';
import { archiveFamilies, fileFamilies, imageFamilies, rawZip, type FileFamily } from './index';

const smallOnes = fileFamilies.filter(({ maxCount }) => maxCount === undefined);
const make = (family: FileFamily, seed: string) => family.make(seededRandom(seed));
const hashOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const named = (name: string) => fileFamilies.find((family) => family.name === name)!;

describe('the families of hostile files', () => {
  it('have names of their own', () => {
    const names = fileFamilies.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(imageFamilies.length).toBeGreaterThan(30);
    expect(archiveFamilies.length).toBeGreaterThan(15);
  });

  it.each(smallOnes.map(({ name }) => name))('%s: one seed gives one file', async (name) => {
    const [first, again] = [await make(named(name), 'a'), await make(named(name), 'a')];
    expect(hashOf(first.bytes)).toBe(hashOf(again.bytes));
    expect(first).toMatchObject({ fileName: again.fileName, kind: again.kind });
    expect(first.bytes.length).toBeLessThan(20_000_000);
  });

  it.each(['png-narrow', 'png-random-changes', 'jpeg-tables', 'zip-offsets', 'zip-sizes'])(
    '%s: seeds give different files',
    async (name) => {
      const hashes = new Set<string>();
      for (const seed of ['1', '2', '3', '4'])
        hashes.add(hashOf((await make(named(name), seed)).bytes));
      expect(hashes.size).toBeGreaterThan(1);
    },
  );

  it.each(['png-narrow', 'png-largest', 'png-interlaced', 'jpeg-many-scans', 'webp-frames'])(
    '%s has a sound head, so that a decoder begins to work on it',
    async (name) => {
      const { bytes } = await make(named(name), 'sound');
      const { width, height } = await sharp(bytes, { limitInputPixels: false }).metadata();
      expect(width * height).toBeGreaterThan(0);
    },
  );
});

describe('zeros in a thousandth of their size', () => {
  it.each([0, 1, 70_000, 2 ** 21 + 5])('unpack to %d zeros', (length) => {
    expect(inflateRawSync(deflatedZeros(length)).equals(Buffer.alloc(length))).toBe(true);
    expect(inflateSync(zlibZeros(length)).equals(Buffer.alloc(length))).toBe(true);
  });

  it('are small', () => expect(deflatedZeros(2 ** 26).length).toBeLessThan(2 ** 26 / 1_000));
});

describe('a raw zip', () => {
  it('is sound where nothing is made wrong', async () => {
    const zip = await fromBufferPromise(rawZip([{ name: 'a/b.txt', data: Buffer.from('hello') }]));
    expect(zip.entryCount).toBe(1);
    for await (const entry of zip.eachEntry()) {
      expect(entry.fileName).toBe('a/b.txt');
      const stream = await zip.openReadStreamPromise(entry);
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(chunk as Buffer);
      expect(Buffer.concat(chunks).toString()).toBe('hello');
    }
  });

  it('states what it is told to state', async () => {
    const entries = [{ name: 'a', data: Buffer.from('x') }];
    expect((await fromBufferPromise(rawZip(entries, { entries: 7 }))).entryCount).toBe(7);
    const lost = rawZip([{ ...entries[0]!, size: 9 }]);
    const zip = await fromBufferPromise(lost);
    await expect(zip.eachEntry().next()).rejects.toThrow('size mismatch');
  });
});
