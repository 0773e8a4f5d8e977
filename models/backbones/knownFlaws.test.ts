/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeOnnxModel, type Graph } from '../onnx/model';
import { bytesField, concatBytes, integerField } from '../onnx/protobuf';
import { asInteger, readFields } from '../onnx/protoReader';
import { meanColour } from '../testing/meanColour';
import { findBackbones } from './registry';

/**
 * Flaws of other tools in loading models: a file that runs code, or that makes the runtime open
 * other files. Here a backbone is data only.
 */

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flaws-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function found(files: Readonly<Record<string, Uint8Array>>) {
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
  return findBackbones([folder]);
}

/** A pickle whose loading in Python would create a file beside it. */
const pickle = () => Buffer.from(`cos\nsystem\n(S'touch ${join(folder, 'ran')}'\ntR.`);

/** The mean-colour graph with another operator. */
const withOperator = (operator: string, domain?: string) => {
  const graph: Graph = {
    name: 'custom',
    inputs: [{ name: 'input', type: 'float32', shape: ['N', 8, 8, 3] }],
    outputs: [{ name: 'embedding', type: 'float32', shape: ['N', 3] }],
    nodes: [{ operator, inputs: ['input'], outputs: ['embedding'], ...(domain && { domain }) }],
  };
  return writeOnnxModel(graph);
};

it('only ONNX files are backbones: pickles and other programs are not opened', async () => {
  const names = ['a.pt', 'a.pth', 'a.pkl', 'a.joblib', 'a.py', 'a.js', 'a.so', 'a.node', 'a.zip'];
  const pickles = Object.fromEntries(names.map((name) => [name, pickle()]));
  const { found: backbones, rejected } = await found({ ...pickles, 'good.onnx': meanColour() });
  expect(backbones.map(({ id }) => id)).toEqual(['good']);
  expect(rejected).toEqual([]);
  expect(await readdir(folder)).not.toContain('ran');
});

it('a pickle or a program under the name of an ONNX file is rejected, and does not run', async () => {
  const { found: backbones, rejected } = await found({
    'pickle.onnx': pickle(),
    'zip.onnx': Buffer.from('PK\x03\x04'),
    'elf.onnx': Buffer.from('\x7fELF\x02\x01\x01', 'latin1'),
  });
  expect(backbones).toEqual([]);
  expect(rejected).toHaveLength(3);
  expect(await readdir(folder)).not.toContain('ran');
});

it.each([
  ['an operator of another domain', 'Run', 'com.example'],
  ['an operator that nobody defines', 'Shell', undefined],
  ['a Python operator', 'PyOp', 'ai.onnx.contrib'],
])('%s is rejected', async (_what, operator, domain) => {
  const { found: backbones, rejected } = await found({ 'a.onnx': withOperator(operator, domain) });
  expect(backbones).toEqual([]);
  expect(rejected).toHaveLength(1);
});

/** The mean-colour graph with one more constant of four floats: these fields hold its values. */
function withConstant(...values: readonly Uint8Array[]): Uint8Array {
  const named = [integerField(1, 4), integerField(2, 1), bytesField(8, 'extra'), ...values];
  const constant = bytesField(5, concatBytes(named));
  const fields = [...readFields(meanColour())].map((field) => {
    const { number, value } = field;
    if (!(value instanceof Uint8Array)) return integerField(number, asInteger(field));
    return bytesField(number, number === 7 ? concatBytes([value, constant]) : value);
  });
  return concatBytes(fields);
}

it('a constant with its values in the file is taken', async () => {
  const { found: backbones } = await found({
    'a.onnx': withConstant(bytesField(9, new Uint8Array(16))),
  });
  expect(backbones).toHaveLength(1);
});

it.each(['../secret', '/etc/passwd', 'beside.bin'])(
  'a constant with its values in the other file %s is rejected, though it could be read',
  async (location) => {
    const reference = concatBytes([bytesField(1, 'location'), bytesField(2, location)]);
    const { found: backbones, rejected } = await found({
      'a.onnx': withConstant(bytesField(13, reference), integerField(14, 1)),
      'beside.bin': new Uint8Array(16),
    });
    expect(backbones).toEqual([]);
    expect(rejected).toHaveLength(1);
  },
);
