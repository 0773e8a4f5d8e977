import type { Random } from '../../../models/numeric';
import { blankPng } from '../imageFiles';
import { randomBytes } from './bytes';
import { between, pick, type Family, type FileFamily, type HostileFile } from './family';
import { rawZip, type RawEntry } from './rawZip';

/** Archives whose entries have names that no honest tool writes, or hold hostile images. */

const archive = (entries: readonly RawEntry[]): HostileFile => ({
  fileName: 'names.zip',
  bytes: rawZip(entries),
  kind: 'ARCHIVE',
});
const picture = (random: Random) => blankPng(between(random, 8, 90), between(random, 8, 90));
const named = (random: Random, names: readonly (string | Buffer)[]): HostileFile =>
  archive(names.map((name) => ({ name, data: picture(random) })));
const times = <T>(count: number, make: (index: number) => T) =>
  Array.from({ length: count }, (_, at) => make(at));

function controls(random: Random): HostileFile {
  const control = () =>
    String.fromCharCode(pick(random, [0, 0, 1, 7, 8, 10, 13, 27, 127, 0x85, 0x202e, 0x2028]));
  return named(
    random,
    times(between(random, 1, 20), (at) => `cl${control()}ass/${at}${control()}.png`),
  );
}

function traversal(random: Random): HostileFile {
  const start = [
    '../',
    '..\\',
    '/',
    '\\',
    'C:/',
    'c:\\',
    '//server/share/',
    './../',
    'a/../../',
    '....//',
    '%2e%2e/',
  ];
  return named(
    random,
    times(20, (at) => `${pick(random, start).repeat(between(random, 1, 9))}etc/${at}.png`),
  );
}

/** More folders than the attacked dataset has room for classes. */
const classFolders = (random: Random) =>
  named(
    random,
    times(between(random, 20, 120), (at) => `class ${at}/${at}.png`),
  );

function longNames(random: Random): HostileFile {
  const deep = 'a/'.repeat(between(random, 100, 30_000));
  const long = 'n'.repeat(between(random, 1_000, 60_000));
  return named(random, [
    `${deep}1.png`,
    `${long}/2.png`,
    `cat/${long}.png`,
    ...times(3, (at) => `cat/${at}.png`),
  ]);
}

/** Bytes that are no UTF-8, empty names, and names that differ only in case or composition. */
function encodings(random: Random): HostileFile {
  const raw = times(10, () =>
    Buffer.concat([randomBytes(random, between(random, 1, 60)), Buffer.from('.png')]),
  );
  return named(random, [
    ...raw,
    '',
    '.',
    '..',
    '/',
    'A/1.png',
    'a/1.png',
    'caf\u00e9/1.png',
    'cafe\u0301/1.png',
  ]);
}

/** Links and devices in place of files. */
const specialFiles = (random: Random) =>
  archive(
    times(9, (at) => ({
      name: `dog/${at}.png`,
      data: pick(random, [Buffer.from('/etc/passwd'), Buffer.from('../../..'), picture(random)]),
      mode: pick(random, [0o120777, 0o020666, 0o060666, 0o010644, 0o040755, 0xffff]),
    })),
  );

const scripts = (random: Random) =>
  named(random, [
    '<script>alert(1)</script>/1.png',
    '=cmd|calc/2.png',
    '"><img src=x onerror=alert(1)>/3.png',
    "'; DROP TABLE class; --/4.png",
    '${7*7}{{7*7}}/5.png',
    '__proto__/6.png',
    'constructor/7.png',
  ]);

export const zipNameFamilies: readonly FileFamily[] = [
  { name: 'zip-control-characters', make: controls },
  { name: 'zip-traversal', make: traversal },
  { name: 'zip-class-folders', make: classFolders, maxCount: 4 },
  { name: 'zip-long-names', make: longNames },
  { name: 'zip-encodings', make: encodings },
  { name: 'zip-special-files', make: specialFiles },
  { name: 'zip-scripts-as-names', make: scripts },
];

/** Archives of several hostile images of other families. */
export const zipOfImages = (families: readonly FileFamily[]): Family<HostileFile> => ({
  name: 'zip-of-hostile-images',
  maxCount: 12,
  make: async (random) => {
    const entries: RawEntry[] = [];
    for (let at = 0; at < 8; at++) {
      const { fileName, bytes } = await pick(random, families).make(random);
      entries.push({ name: `bird/${at} ${fileName}`, data: bytes });
    }
    return archive(entries);
  },
});
