import { writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import sharp from 'sharp';
import { ModelInputError } from '../../../models/errors';
import { readOnnxModel, writeOnnxModel } from '../../../models/onnx';
import { meanColour } from '../../../models/testing';
import { DomainError } from '../../domain/errors';
import { cleanName } from '../../domain/names';
import type { KeyPart } from '../../domain/page';
import { fromGlobalId, toGlobalId } from '../../graphql/globalId';
import { pageRequest } from '../../graphql/pagination';
import { fromCursor, toCursor } from '../../modules/events/event.ports';
import { csvSheet } from '../../modules/exports/exportArchive';
import { safeFileName, safeName } from '../../modules/exports/exportPaths';
import { openArchive } from '../../modules/images/imports/archive';
import { safeRelativePath } from '../../modules/images/fileNames';
import { structureOf } from '../../modules/images/decoding/fileStructure';
import { prepareImage } from '../../modules/images/decoding/imageFile';
import { RefusedFileError } from '../../modules/images/refusedFile';
import { blankPng, cameraPhoto, withJpegSegment, withPngChunk } from '../imageFiles';
import { zipOf } from '../zip';
import { imageMutations, protobufMutations, textMutations, zipMutations } from './formats';
import type { Mutation } from './mutate';

/** A parser of bytes from outside, and what it may do with any bytes. */
export interface FuzzTarget {
  /** Inputs to start from, beside those in fuzz/corpus. */
  seeds: () => Promise<Buffer[]>;
  mutations: readonly Mutation[];
  /** Reads an input. What it throws is a finding. @param file for readers of files */
  run: (input: Buffer, file: string) => unknown;
}

/** Runs a reader, which may refuse its input with its own error. */
async function mayRefuse(
  kind: abstract new (...args: never[]) => Error,
  read: () => unknown,
): Promise<void> {
  try {
    await read();
  } catch (error) {
    if (!(error instanceof kind)) throw error;
  }
}

function requireRule(holds: boolean, rule: string): void {
  if (!holds) throw new Error(`broken rule: ${rule}`);
}

const images = async () => [
  await cameraPhoto(16, 16),
  withJpegSegment(await cameraPhoto(8, 8), 0xfe, 'a comment'),
  withPngChunk(blankPng(9, 5), 'tEXt', Buffer.from('Author\0somebody')),
  await sharp(blankPng(6, 6)).webp({ lossless: true }).toBuffer(),
  await sharp(await cameraPhoto(8, 8))
    .webp()
    .toBuffer(),
  Buffer.from('<?xml version="1.0"?><!-- --><svg xmlns="http://www.w3.org/2000/svg"/>'),
];

const archive: FuzzTarget = {
  seeds: async () => [
    await zipOf({ 'cat/1.jpg': Buffer.from('one'), 'dog/2.png': blankPng(4, 4) }),
    await zipOf({ 'a/': Buffer.alloc(0), 'a/ä.txt': Buffer.alloc(3_000, 'x'), b: Buffer.alloc(0) }),
  ],
  mutations: zipMutations,
  run: async (input, file) => {
    await writeFile(file, input);
    await mayRefuse(RefusedFileError, async () => {
      const opened = await openArchive(file);
      try {
        let left = 20;
        for await (const entry of opened.files(0)) {
          if (left-- === 0) break;
          await mayRefuse(RefusedFileError, () => entry.extract(`${file}.entry`));
        }
      } finally {
        opened.close();
      }
    });
  },
};

const structure: FuzzTarget = {
  seeds: images,
  mutations: imageMutations,
  run: (input) => structureOf(input),
};

const image: FuzzTarget = {
  seeds: images,
  mutations: imageMutations,
  run: async (input, file) => {
    await writeFile(file, input);
    const order = { path: file, renditionPath: `${file}.rendition`, decodeBytes: 160 * 2 ** 20 };
    await mayRefuse(RefusedFileError, () => prepareImage(order, () => Promise.resolve()));
  },
};

const onnx: FuzzTarget = {
  seeds: () => Promise.resolve([Buffer.from(meanColour()), Buffer.from(everyAttribute())]),
  mutations: protobufMutations,
  run: (input) =>
    mayRefuse(ModelInputError, () => {
      const graph = readOnnxModel(input);
      for (const { shape, data } of graph.initializers ?? [])
        requireRule(shape.reduce((a, b) => a * b, 1) === data.length, 'a constant fills its shape');
    }),
};

/** A model with each kind of attribute and constant. */
const everyAttribute = () =>
  writeOnnxModel({
    name: 'all',
    inputs: [{ name: 'x', type: 'float32', shape: ['N', 2] }],
    outputs: [{ name: 'y', type: 'float32', shape: [1] }],
    initializers: [
      { name: 'f', shape: [2, 1], data: Float32Array.of(1.5, -2) },
      { name: 'q', shape: [2], data: BigInt64Array.of(-1n, 2n ** 62n) },
    ],
    nodes: [
      {
        operator: 'Cast',
        inputs: ['x'],
        outputs: ['y'],
        attributes: { to: 1, mode: 'A', axes: [1, -2], a: { float: 1 }, s: { floats: [1, 2] } },
      },
    ],
  });

const lists: readonly (readonly KeyPart[])[] = [
  ['uuid'],
  ['integer'],
  ['text', 'integer'],
  ['fraction', 'integer'],
  ['instant', 'integer'],
  ['fraction', 'uuid'],
];
const uuid = '0198c2a4-7a3b-7c1d-9e2f-1234567890ab';
const keys = [
  [uuid],
  [7],
  ['a.jpg', 1],
  ['0.25', 3],
  ['1e-07', 3],
  ['2026-07-28 09:30:00.123456+00', 4],
  ['0.5', uuid],
];

/** The decoded text is mutated, because a mutated encoding hardly ever is JSON. */
const cursors: FuzzTarget = {
  seeds: () =>
    Promise.resolve([
      ...keys.map((key) => Buffer.from(JSON.stringify(key))),
      ...['12:34', `Image:${uuid}`].map((decoded) => Buffer.from(decoded)),
    ]),
  mutations: textMutations,
  run: async (input) => {
    for (const cursor of [input.toString('base64url'), input.toString('latin1')]) {
      for (const parts of lists)
        await mayRefuse(DomainError, () => pageRequest({ first: 1, after: cursor }, parts));
      const position = fromCursor(cursor);
      if (position)
        requireRule(
          position.tx < 2n ** 64n &&
            position.id < 2n ** 63n &&
            fromCursor(toCursor(position)) !== undefined,
          'a position fits the database',
        );
      await mayRefuse(DomainError, () => {
        const id = fromGlobalId('Image', cursor);
        requireRule(fromGlobalId('Image', toGlobalId('Image', id)) === id, 'an id comes back');
      });
    }
  },
};

const names: FuzzTarget = {
  seeds: () =>
    Promise.resolve(
      ['cat', 'été/e\u0301.jpg', 'a\\b/../c', 'con.jpg', `${'. '.repeat(200)}x`].map((name) =>
        Buffer.from(name),
      ),
    ),
  mutations: textMutations,
  run: async (input) => {
    const given = input.toString('utf8').slice(0, 10_000);
    await mayRefuse(DomainError, () => cleanName('name', given));
    const safe = safeName(given);
    requireRule(
      safe !== '' && safe !== '.' && safe !== '..' && !/[/\\\0]/.test(safe),
      'a name is safe',
    );
    requireRule(safeFileName(given, 'image/png').endsWith('.png'), 'a file has its extension');
    const path = safeRelativePath(given);
    if (path !== undefined)
      requireRule(!path.split('/').includes('..') && !path.startsWith('/'), 'a path stays inside');
  },
};

/** Reads CSV as RFC 4180 describes it. */
function parseCsv(csv: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (let at = 0; at < csv.length;) {
    let cell = '';
    if (csv[at] === '"') {
      for (at++; csv[at] !== '"' || csv[at + 1] === '"'; at++) {
        if (at >= csv.length) throw new Error('broken rule: a quoted cell ends');
        if (csv[at] === '"') at++;
        cell += csv[at];
      }
      at++;
    } else while (at < csv.length && csv[at] !== ',' && csv[at] !== '\n') cell += csv[at++];
    row.push(cell);
    if (csv[at] === ',' && at === csv.length - 1) row.push('');
    if (csv[at] !== ',') {
      rows.push(row);
      row = [];
    }
    at++;
  }
  return rows;
}

const csv: FuzzTarget = {
  seeds: () =>
    Promise.resolve(['cat\u0001dog', 'a,"b"\r\n\u0001=1+1'].map((one) => Buffer.from(one))),
  mutations: textMutations,
  run: async (input) => {
    const cells = input.toString('utf8').split('\u0001').slice(0, 50);
    const sheet = csvSheet(cells.map((_, index) => `column ${index}`));
    sheet.write(cells);
    sheet.end();
    const [, ...rows] = parseCsv(await text(sheet));
    requireRule(rows.length === 1 && rows[0]?.length === cells.length, 'a row is one row');
    cells.forEach((cell, index) => {
      const read = rows[0]?.[index] ?? '';
      requireRule(read === cell || read === `'${cell}`, 'a cell comes back, guarded or not');
      requireRule(!/^[=+\-@\t\r]/.test(read), 'no cell is a formula');
    });
  },
};

export const fuzzTargets = { archive, structure, image, onnx, cursors, names, csv };
export type FuzzTargetName = keyof typeof fuzzTargets;

/** Targets with known faults, which show that the fuzzer finds each kind. */
export const faultyTargets: Record<'throws' | 'hangs' | 'allocates', FuzzTarget> = {
  throws: {
    seeds: () => Promise.resolve([Buffer.from('seed')]),
    mutations: [],
    run: (input) => {
      if (input.length > 10 && input[0] !== 0x73) throw new TypeError('cannot read this');
    },
  },
  hangs: {
    seeds: () => Promise.resolve([Buffer.from('seed')]),
    mutations: [],
    run: (input) => {
      while (input.length > 20);
    },
  },
  allocates: {
    seeds: () => Promise.resolve([Buffer.from('seed')]),
    mutations: [],
    run: (input) => {
      for (const held: Buffer[] = []; input.length > 20;) held.push(Buffer.alloc(2 ** 20, 1));
    },
  },
};
