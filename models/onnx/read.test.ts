/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { ModelInputError } from '../errors';
import { seededRandom } from '../numeric/random';
import type { Graph, Initializer } from './model';
import { writeOnnxModel } from './model';
import { bytesField, concatBytes, floatField, integerField } from './protobuf';
import { readOnnxModel } from './read';

const constants: Initializer[] = [
  { name: 'f', shape: [2, 1], data: Float32Array.of(1.5, -2) },
  { name: 'h', shape: [2], data: Uint16Array.of(0x3c00, 0xc000) },
  { name: 'u', shape: [3], data: Uint8Array.of(0, 128, 255) },
  { name: 'i', shape: [2], data: Int8Array.of(-128, 127) },
  { name: 'l', shape: [], data: Int32Array.of(-7) },
  { name: 'q', shape: [2], data: BigInt64Array.of(-1n, 2n ** 62n) },
  { name: 'none', shape: [0, 4], data: new Float32Array(0) },
];

const graph: Graph = {
  name: 'everything',
  inputs: [{ name: 'x', type: 'uint8', shape: ['N', 2, ''] }],
  outputs: [{ name: 'y', type: 'float16', shape: [1] }],
  initializers: constants,
  nodes: [
    { operator: 'Cast', inputs: ['x', ''], outputs: ['c'], attributes: { to: 1 } },
    {
      operator: 'QLinearAdd',
      domain: 'com.microsoft',
      name: 'sum',
      inputs: ['c'],
      outputs: ['y'],
      attributes: {
        negative: -3,
        zero: 0,
        mode: 'SAME_UPPER',
        axes: [1, -2],
        alpha: { float: 0.5 },
        scales: { floats: [0.25, -4] },
        value: { tensor: constants[0]! },
      },
    },
  ],
  operatorSets: { '': 19, 'com.microsoft': 1 },
  metadata: { 'labelloop.kind': 'test', ümlaut: 'ß' },
};

/** Wraps a hand-made graph message in a model file. */
const around = (body: Uint8Array) =>
  concatBytes([
    bytesField(7, body),
    bytesField(8, concatBytes([bytesField(1, 'ai.onnx'), integerField(2, 13)])),
  ]);

const tensor = (...fields: Uint8Array[]) =>
  around(bytesField(5, concatBytes([bytesField(8, 'w'), ...fields])));

const refusal = (bytes: Uint8Array): unknown => {
  try {
    readOnnxModel(bytes);
  } catch (error) {
    return error;
  }
  return undefined;
};

describe('reading ONNX models', () => {
  it('gives back every kind of constant, attribute, size, domain and note that was written', () => {
    expect(readOnnxModel(writeOnnxModel(graph))).toEqual(graph);
  });

  it('reads bytes that lie anywhere in a larger buffer', () => {
    const bytes = writeOnnxModel(graph);
    const within = Buffer.concat([Buffer.alloc(3), bytes, Buffer.alloc(9)]);
    expect(readOnnxModel(within.subarray(3, 3 + bytes.length))).toEqual(graph);
  });

  it('reads values that are listed by type, packed or one by one', () => {
    const packed = new Uint8Array(Float32Array.of(1, 2).buffer);
    const floats = [integerField(1, 3), integerField(2, 1), bytesField(4, packed)];
    const [first] = readOnnxModel(tensor(...floats, floatField(4, 3))).initializers!;
    expect(first).toEqual({ name: 'w', shape: [3], data: Float32Array.of(1, 2, 3) });
    const int8 = [integerField(1, 2), integerField(2, 3), integerField(5, -5), integerField(5, 6)];
    const [second] = readOnnxModel(tensor(...int8)).initializers!;
    expect(second?.data).toEqual(Int8Array.of(-5, 6));
    const int64 = [integerField(1, 1), integerField(2, 7), integerField(7, -9)];
    expect(readOnnxModel(tensor(...int64)).initializers![0]?.data).toEqual(BigInt64Array.of(-9n));
  });

  it('reads a constant that an old file also lists as an input as a constant only', () => {
    const listed = { name: 'f', type: 'float32', shape: [2, 1] } as const;
    const read = readOnnxModel(writeOnnxModel({ ...graph, inputs: [...graph.inputs, listed] }));
    expect(read.inputs).toEqual(graph.inputs);
  });
});

describe('refusing files', () => {
  it.each([
    ['empty', new Uint8Array(0), 'no graph'],
    ['text', new TextEncoder().encode('not a model at all'), 'no ONNX file'],
    [
      'a shape beyond its raw bytes',
      tensor(integerField(1, 1000), integerField(2, 1), bytesField(9, 'abcd')),
      'does not fit its 4 bytes',
    ],
    [
      'a shape beyond its list',
      tensor(integerField(1, 2 ** 30), integerField(2, 1), floatField(4, 1)),
      'does not hold the 1073741824 values',
    ],
    [
      'an endless shape',
      tensor(integerField(1, 2 ** 40), integerField(1, 2 ** 40), integerField(2, 1)),
      'impossible shape',
    ],
    ['a negative shape', tensor(integerField(1, -1), integerField(2, 1)), 'impossible shape'],
    [
      'more values than its shape',
      tensor(integerField(2, 6), bytesField(5, Uint8Array.of(1, 2))),
      'does not hold the 1 values',
    ],
    ['a list of another type', tensor(integerField(2, 6), integerField(7, 2)), 'another type'],
    ['an element type of strings', tensor(integerField(2, 8)), 'element type 8'],
    [
      'values in another file',
      tensor(integerField(2, 1), bytesField(13, '/etc/passwd')),
      'other files',
    ],
    ['values said to be elsewhere', tensor(integerField(2, 1), integerField(14, 1)), 'other files'],
    [
      'a nested graph',
      around(
        bytesField(
          1,
          concatBytes([
            bytesField(4, 'If'),
            bytesField(
              5,
              concatBytes([bytesField(1, 'then'), bytesField(6, ''), integerField(20, 5)]),
            ),
          ]),
        ),
      ),
      'kind 5',
    ],
    ['sparse constants', around(bytesField(15, '')), 'sparse'],
    ['functions', concatBytes([bytesField(25, ''), around(new Uint8Array(0))]), 'functions'],
    [
      'a graph in two parts',
      concatBytes([around(new Uint8Array(0)), around(new Uint8Array(0))]),
      'parts',
    ],
    ['a number without end', Uint8Array.from({ length: 30 }, () => 255), 'no end'],
    ['a length beyond the file', Uint8Array.of(58, 255, 255, 255, 255, 127), 'cut off'],
    ['a group', Uint8Array.of(59, 60), 'kind 3'],
    [
      'more nodes than any network has',
      around(
        concatBytes(Array.from({ length: 100_001 }, () => bytesField(1, bytesField(4, 'Relu')))),
      ),
      '100000 parts',
    ],
  ])('refuses %s', (_, bytes, reason) => {
    const error = refusal(bytes);
    expect(error).toBeInstanceOf(ModelInputError);
    expect(error).toMatchObject({ code: 'BACKBONE' });
    expect((error as Error).message).toContain(reason);
  });

  it('survives a file cut off anywhere, and a thousand with random bytes changed', () => {
    const whole = writeOnnxModel(graph);
    const cut = Array.from({ length: whole.length }, (_, length) => whole.subarray(0, length));
    const random = seededRandom(1);
    const changed = Array.from({ length: 1000 }, () => {
      const copy = whole.slice();
      for (let i = 0; i < 3; i++) copy[random.below(copy.length)] = random.below(256);
      return copy;
    });
    const errors = [...cut, ...changed].map(refusal).filter((error) => error !== undefined);
    expect(errors.length).toBeGreaterThan(whole.length / 2);
    for (const error of errors) expect(error).toBeInstanceOf(ModelInputError);
  });
});

const shared = process.env['LABELLOOP_SHARED'] ?? join(__dirname, '..', '..', '..', 'shared');
const mobileNet = join(shared, 'models', 'mobilenet_v2_1.0_224_imagenet.onnx');
const real = existsSync(mobileNet) ? describe : describe.skip;

real('reading MobileNetV2 (skipped where LABELLOOP_SHARED has no models)', () => {
  it('gives a graph that embeds as before when written again', async () => {
    const bytes = readFileSync(mobileNet);
    const copy = writeOnnxModel(readOnnxModel(bytes));
    const random = seededRandom(2);
    const pixels = Float32Array.from({ length: 224 * 224 * 3 }, () => random.next() * 2 - 1);
    const embeddings = [];
    for (const model of [bytes, copy]) {
      const session = await InferenceSession.create(model);
      const [name] = session.inputNames;
      const input = new Tensor('float32', pixels, [1, 224, 224, 3]);
      const { embedding } = await session.run({ [name!]: input }, ['embedding']);
      embeddings.push(embedding?.data);
      await session.release();
    }
    expect(embeddings[1]).toEqual(embeddings[0]);
  });

  it('refuses it cut off at every 9,701st byte, and never fails otherwise', () => {
    const bytes = readFileSync(mobileNet);
    for (let length = 0; length < bytes.length; length += 9_701) {
      const error = refusal(bytes.subarray(0, length));
      expect(error).toMatchObject({ code: 'BACKBONE' });
    }
  });
});
