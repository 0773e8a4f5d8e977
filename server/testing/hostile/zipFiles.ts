import { gzipSync } from 'node:zlib';
import type { Random } from '../../../models/numeric';
import { blankPng } from '../imageFiles';
import { corrupted, deflatedZeros, longs, randomBytes, words } from './bytes';
import { between, pick, upTo, type FileFamily, type HostileFile } from './family';
import { directoryRecordLength, rawZip, type RawEntry } from './rawZip';

/** Archives that unpack to too much, or whose numbers contradict each other. */

const archive = (bytes: Buffer): HostileFile => ({
  fileName: 'hostile.zip',
  bytes,
  kind: 'ARCHIVE',
});
const picture = (random: Random) => blankPng(between(random, 8, 90), between(random, 8, 90));
const several = (random: Random, count: number): RawEntry[] =>
  Array.from({ length: count }, (_, index) => ({ name: `a/${index}.png`, data: picture(random) }));

/** Many entries of the directory that share one local header and its bytes. */
function overlapping(random: Random): HostileFile {
  const size = between(random, 2 ** 20, 2 ** 26);
  const data = deflatedZeros(size);
  const shared = { data, size, method: 8 };
  const again = Array.from({ length: between(random, 50, 3_000) }, (_, index) => ({
    ...shared,
    name: `${index}.png`,
    offset: 0,
  }));
  return archive(rawZip([{ ...shared, name: '0.png' }, ...again]));
}

/** An archive in an archive in an archive, under names of images and of archives. */
function nested(random: Random): HostileFile {
  let inner = picture(random);
  for (let level = between(random, 2, 200); level > 0; level--)
    inner = rawZip([{ name: pick(random, ['in.zip', 'in.png', 'in/in.jpg']), data: inner }]);
  return archive(inner);
}

/** One entry whose stated size is true. It is small, or up to a gigabyte. */
function ratio(random: Random): HostileFile {
  const size = between(random, 2 ** 26, 2 ** 30);
  const stated = pick(random, [size, 60_000_000, 100, 0, 0xffff_ffff]);
  return archive(
    rawZip([{ name: 'a/zero.png', data: deflatedZeros(size), size: stated, method: 8 }]),
  );
}

/** Many entries below the limit of one file: up to 10 GB together, in 10 MB. */
function ratioOfMany(random: Random): HostileFile {
  const size = 60_000_000;
  const data = deflatedZeros(size);
  const one = { data, size, method: 8 };
  const count = between(random, 20, 170);
  return archive(
    rawZip(Array.from({ length: count }, (_, at) => ({ ...one, name: `b/${at}.png` }))),
  );
}

/** Entries that share the bytes of one. The end record holds their number modulo 65,536. */
function manyEntries(random: Random, count: number): HostileFile {
  const first = { name: '0000.png', data: picture(random), offset: 0 };
  const record = rawZip([first]).subarray(0, directoryRecordLength + first.name.length);
  const more = Buffer.alloc(record.length * count);
  for (let index = 0; index < count; index++) {
    const at = index * record.length;
    record.copy(more, at);
    more.write(index.toString(36).padStart(4, '0'), at + directoryRecordLength);
  }
  const { name, data } = first;
  return archive(rawZip([{ name, data }], { more, entries: (count + 1) % 65_536 }));
}

/** Offsets that lead back, into the directory, or out of the file. */
function offsets(random: Random): HostileFile {
  const entries = several(random, between(random, 1, 30)).map((entry) => ({
    ...entry,
    ...(random.next() < 0.5 && { offset: pick(random, [0, 1, 40, 0xffff_ffff, 0x7fff_ffff]) }),
  }));
  const end = pick(random, [
    {},
    { directoryOffset: 0 },
    { directoryOffset: 0xffff_ffff },
    { directoryOffset: 30 },
    { directorySize: pick(random, [0, 1, 0xffff_ffff]) },
  ]);
  return archive(rawZip(entries, end));
}

function counts(random: Random): HostileFile {
  const entries = several(random, between(random, 1, 40));
  return archive(
    rawZip(entries, { entries: pick(random, [0, 1, entries.length + 1, 30_000, 65_535]) }),
  );
}

/** Records of zip64 that are missing, cut, or name impossible places and counts. */
function zip64(random: Random): HostileFile {
  const most = pick(random, [0xffff_ffff, 0x7fff_ffff, 0, 65_536]);
  const record = Buffer.concat([
    longs(0x06064b50, 44, 0),
    words(45, 45),
    longs(0, 0, most, most, most, most, most, 0, most, 0),
  ]);
  const locator = Buffer.concat([
    longs(0x07064b50, 0, pick(random, [0, 5, most]), pick(random, [0, most]), 1),
  ]);
  const beforeEnd = pick(random, [Buffer.concat([record, locator]), locator, record]);
  const extra = Buffer.concat([
    words(1, pick(random, [0, 8, 24, 65_535])),
    longs(most, most, most, most),
  ]);
  const entries = several(random, 5).map((one) => ({
    ...one,
    extra,
    size: 0xffff_ffff,
    packed: pick(random, [0xffff_ffff, 9]),
  }));
  return archive(
    rawZip(entries, {
      beforeEnd,
      entries: 65_535,
      directoryOffset: pick(random, [0xffff_ffff, 0]),
    }),
  );
}

function sizes(random: Random): HostileFile {
  const wrong = () => pick(random, [0, 1, 50, 0xffff_fffe, 0xffff_ffff, 64 * 2 ** 20]);
  const entries = several(random, 12).map((one) => ({
    ...one,
    size: wrong(),
    packed: wrong(),
    method: pick(random, [0, 8]),
  }));
  return archive(rawZip(entries));
}

function methods(random: Random): HostileFile {
  const methods = [1, 6, 9, 12, 14, 93, 99, 65_535];
  const flags = [0x1, 0x41, 0x2001, 0x8, 0x20, 0xffff];
  const entries = several(random, 8).map((one) => ({
    ...one,
    method: pick(random, methods),
    flags: pick(random, flags),
  }));
  return archive(rawZip([...entries, ...several(random, 2)]));
}

function comments(random: Random): HostileFile {
  const fakeEnd = Buffer.concat([longs(0x06054b50), Buffer.alloc(18)]);
  const long = pick(random, [
    Buffer.alloc(65_535, 'x'),
    Buffer.concat(Array<Buffer>(2_900).fill(fakeEnd)),
  ]);
  const entries = several(random, between(random, 1, 20)).map((one) => ({
    ...one,
    comment: long,
    extra: Buffer.alloc(pick(random, [0, 65_535])),
  }));
  return archive(rawZip(entries, { comment: long }));
}

/** Cut, changed, empty, another format, or with something before it. */
function broken(random: Random): HostileFile {
  const whole = rawZip(several(random, 20));
  return archive(
    pick(random, [
      () => whole.subarray(0, random.below(whole.length)),
      () => corrupted(random, whole, upTo(random, 400)),
      () => Buffer.concat([whole, randomBytes(random, upTo(random, 90_000))]),
      () => rawZip(several(random, 3), { prefix: randomBytes(random, upTo(random, 70_000)) }),
      () => gzipSync(Buffer.alloc(upTo(random, 2 ** 26))),
      () => rawZip([]),
      () => Buffer.alloc(random.below(40)),
      () => Buffer.from('PK\x05\x06'.repeat(upTo(random, 20_000))),
    ])(),
  );
}

export const zipFamilies: readonly FileFamily[] = [
  { name: 'zip-overlapping', make: overlapping },
  { name: 'zip-nested', make: nested },
  { name: 'zip-ratio', make: ratio },
  { name: 'zip-ratio-of-many', make: ratioOfMany, maxCount: 4 },
  {
    name: 'zip-many-entries',
    make: (random) => manyEntries(random, between(random, 5_000, 80_000)),
    maxCount: 6,
  },
  { name: 'zip-million-entries', make: (random) => manyEntries(random, 1_000_000), maxCount: 1 },
  { name: 'zip-offsets', make: offsets },
  { name: 'zip-counts', make: counts },
  { name: 'zip-zip64', make: zip64 },
  { name: 'zip-sizes', make: sizes },
  { name: 'zip-methods', make: methods },
  { name: 'zip-comments', make: comments },
  { name: 'zip-broken', make: broken },
];
