import type { Random } from '../../../models/numeric';
import { blankPng } from '../imageFiles';
import { corrupted, longs, randomBytes, words } from './bytes';
import { between, pick, upTo, type FileFamily, type HostileFile } from './family';
import { rawZip } from './rawZip';

/** Files that are no JPEG, PNG or WebP, or are several things at once. */

const image = (fileName: string, bytes: Buffer | string): HostileFile => ({
  fileName,
  bytes: Buffer.from(bytes as string),
  kind: 'IMAGE',
});

/** Repeated comments where a document type may stand. A backtracking search never ends on them. */
function comments(random: Random): HostileFile {
  const part = pick(random, [
    '<!---->',
    '<!-- -->',
    '<?xml>',
    '<?xml ?>',
    '<!doctype>',
    '<!-->',
    ' ',
    '\t\n',
  ]);
  const start = pick(random, ['', '\ufeff', '<?xml version="1.0"?>', '<!doctype svg>', ' ']);
  const last = pick(random, ['', '<', '<!--', '<sv', '<svgx', '<html>', '\0']);
  const text = start + part.repeat(between(random, 30, pick(random, [74, 4_000]))) + last;
  return image(pick(random, ['comments.png', 'comments.jpg', 'comments.webp']), text);
}

const xmlns = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"';

function svgEntities(random: Random): HostileFile {
  const depth = between(random, 5, 30);
  const entities = Array.from({ length: depth }, (_, level) => {
    const value = level === 0 ? 'lol' : `&e${level - 1};`.repeat(10);
    return `<!ENTITY e${level} "${value}">`;
  });
  const doctype = `<!DOCTYPE svg [${entities.join('')}]>`;
  return image(
    'entities.svg',
    `<?xml version="1.0"?>${doctype}<svg ${xmlns}><text>&e${depth - 1};</text></svg>`,
  );
}

function svgReferences(random: Random): HostileFile {
  const target = pick(random, [
    'file:///etc/passwd',
    'http://127.0.0.1:1/',
    'http://169.254.169.254/latest/meta-data/',
    'data:image/svg+xml;base64,PHN2Zy8+',
    'text:/etc/passwd',
  ]);
  const body = pick(random, [
    `<image xlink:href="${target}" width="9" height="9"/>`,
    `<use xlink:href="${target}#x"/>`,
    `<style>@import url(${target});</style>`,
    '<script>fetch("/graphql")</script>',
    '<g>'.repeat(20_000),
  ]);
  const entity = `<!DOCTYPE svg [<!ENTITY x SYSTEM "${target}">]>`;
  return image(
    pick(random, ['refers.svg', 'refers.png']),
    `${entity}<svg ${xmlns} width="9">${body}&x;</svg>`,
  );
}

/** A TIFF whose directories point to each other. */
function tiff(random: Random): HostileFile {
  const entries = between(random, 1, 40);
  const directory = Buffer.concat([
    words(entries),
    ...Array.from({ length: entries }, () => {
      const tag = pick(random, [256, 257, 273, 279, 330, 34_665, 34_853]);
      return Buffer.concat([
        words(tag, pick(random, [3, 4, 13])),
        longs(pick(random, [1, 0xffff_ffff]), 8),
      ]);
    }),
    longs(8),
  ]);
  return image(
    pick(random, ['cycle.tif', 'cycle.jpg']),
    Buffer.concat([Buffer.from('II*\0'), longs(8), directory]),
  );
}

/** A BMP or an icon that announces more pixels than any memory holds. */
function bmp(random: Random): HostileFile {
  const side = () => pick(random, [0x7fff_ffff, 0x8000_0000, 100_000, 0]);
  const head = [
    Buffer.from('BM'),
    longs(70, 0, 54, 40, side(), side()),
    words(1, 32),
    longs(0, 0, 0, 0, 0, 0),
  ];
  const icon = [words(0, 1, 65_535), randomBytes(random, 4_000)];
  return image(
    pick(random, ['huge.bmp', 'huge.png']),
    Buffer.concat(random.next() < 0.5 ? head : icon),
  );
}

/** Boxes of HEIC and AVIF: nested, of size 0, or longer than the file. */
function boxes(random: Random): HostileFile {
  const box = (type: string, data: Buffer, size = data.length + 8) => {
    const head = Buffer.alloc(4);
    head.writeUInt32BE(size >>> 0);
    return Buffer.concat([head, Buffer.from(type), data]);
  };
  const brand = pick(random, ['avif', 'avis', 'heic', 'mif1', 'msf1']);
  let inner = randomBytes(random, 20);
  for (let level = between(random, 1, 3_000); level > 0; level--)
    inner = box(pick(random, ['meta', 'moov', 'iprp', 'ipco', 'grpl']), inner);
  const last = box('mdat', Buffer.alloc(0), pick(random, [0, 1, 0xffff_ffff]));
  const bytes = Buffer.concat([box('ftyp', Buffer.from(`${brand}\0\0\0\0${brand}`)), inner, last]);
  return image(`boxes.${brand === 'heic' ? 'heic' : 'avif'}`, bytes);
}

/** An image and an archive in one file. */
function polyglot(random: Random): HostileFile {
  const picture = blankPng(between(random, 8, 90), 40);
  const zip = rawZip([{ name: 'a.png', data: picture }]);
  const html = Buffer.from('<html><script>alert(1)</script></html>');
  const bytes = Buffer.concat([picture, random.next() < 0.7 ? zip : html]);
  const kind = pick(random, ['IMAGE', 'ARCHIVE'] as const);
  return { fileName: kind === 'IMAGE' ? 'both.png' : 'both.zip', bytes, kind };
}

const magics = [
  'ffd8ffe0',
  'ffd8ffdb',
  '89504e470d0a1a0a',
  '474946383961',
  '424d',
  '49492a00',
  '25504446',
];

function randomAfterMagic(random: Random): HostileFile {
  const webp = Buffer.concat([
    Buffer.from('RIFF'),
    longs(random.below(2 ** 31)),
    Buffer.from('WEBPVP8 '),
  ]);
  const magic = random.next() < 0.2 ? webp : Buffer.from(pick(random, magics), 'hex');
  const short = random.next() < 0.3;
  const rest = randomBytes(random, short ? random.below(12) : upTo(random, 200_000));
  return image(
    pick(random, ['random.jpg', 'random.png', 'random.webp']),
    Buffer.concat([magic, rest]),
  );
}

/** Sound pictures under names that must be refused or shown as text. */
function names(random: Random): HostileFile {
  const fileName = pick(random, [
    '../../../etc/passwd.png',
    'C:\\Windows\\system32\\a.png',
    '/etc/a.png',
    '<img src=x onerror=alert(1)>.png',
    '"; DROP TABLE image; --.png',
    `${'a'.repeat(5_000)}.png`,
    `${'a/'.repeat(2_000)}a.png`,
    'right\u202egnp.exe.png',
    'nul\0byte.png',
    `${'e\u0301'.repeat(400)}.png`,
    '\ud800.png',
    '',
  ]);
  return { ...image('', blankPng(between(random, 8, 200), between(random, 8, 200))), fileName };
}

/** Announces another size than the body has. */
function size(random: Random): HostileFile {
  const file = image('size.png', blankPng(between(random, 8, 2_000), 90));
  return {
    ...file,
    announced: pick(random, [0, 1, file.bytes.length - 1, 60_000_000, 2 ** 36, -1, 0.5, 1e300]),
  };
}

export const foreignFamilies: readonly FileFamily[] = [
  { name: 'comments-before-a-type', make: comments },
  { name: 'svg-entities', make: svgEntities },
  { name: 'svg-references', make: svgReferences },
  { name: 'tiff-cycle', make: tiff },
  { name: 'bmp-huge', make: bmp },
  { name: 'heic-avif-boxes', make: boxes },
  { name: 'two-formats-in-one', make: polyglot },
  { name: 'random-after-magic', make: randomAfterMagic },
  { name: 'file-names', make: names },
  { name: 'announced-size', make: size },
  {
    name: 'png-random-changes',
    make: (random) =>
      image('changed.png', corrupted(random, blankPng(300, 300), upTo(random, 60), 8)),
  },
];
