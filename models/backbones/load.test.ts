/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { seededRandom } from '../numeric/random';
import { writeOnnxModel } from '../onnx/model';
import { bytesField, concatBytes } from '../onnx/protobuf';
import { meanColour } from '../testing/meanColour';
import { smallConvNet } from '../testing/smallConvNet';
import { preprocess, preprocessings, type PreprocessingName } from './preprocessing';
import { findBackbones } from './registry';
import { openBackbone } from './session';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'load-'));
});
afterAll(() => rm(folder, { recursive: true }));

const names = Object.keys(preprocessings) as PreprocessingName[];
const random = seededRandom(1);
const pixels = (count: number, size: number) =>
  Uint8Array.from({ length: count * size * size * 3 }, () => random.below(256));

async function opened(id: string, model: Uint8Array, preprocessing: PreprocessingName) {
  await writeFile(join(folder, `${id}.onnx`), model);
  const { found, rejected } = await findBackbones([folder]);
  const backbone = found.find((each) => each.id === id);
  if (!backbone) throw new Error(JSON.stringify(rejected));
  return openBackbone(
    { ...backbone, preprocessing: preprocessings[preprocessing] },
    { threads: 1 },
  );
}

/** Computes the mean of each colour outside the graph. */
function expectedMeans(bytes: Uint8Array, count: number, name: PreprocessingName): number[] {
  const floats = new Float32Array(bytes.length);
  preprocess(bytes, preprocessings[name], floats, 0);
  const each = bytes.length / count;
  return Array.from({ length: count * 3 }, (_, at) => {
    const image = floats.subarray(Math.floor(at / 3) * each, (Math.floor(at / 3) + 1) * each);
    return (3 / each) * image.reduce((sum, value, i) => (i % 3 === at % 3 ? sum + value : sum), 0);
  });
}

describe('taking bytes', () => {
  it.each(names)('prepares them inside the graph as %s says', async (name) => {
    const session = await opened(`mean-${name}`, meanColour(), name);
    const bytes = pixels(2, 8);
    const means = await session.embed(bytes, 2);
    await session.dispose();
    expectedMeans(bytes, 2, name).forEach((mean, at) => expect(means[at]).toBeCloseTo(mean, 3));
  });

  it('does the same for a graph that turns its input to channels first itself', async () => {
    const bytes = pixels(1, 8);
    const session = await opened('conv', smallConvNet('channels first'), 'caffe');
    const embedding = await session.embed(bytes, 1);
    await session.dispose();
    const floats = new Float32Array(bytes.length);
    preprocess(bytes, preprocessings.caffe, floats, 0);
    const plain = await InferenceSession.create(smallConvNet('channels first'));
    const input = new Tensor('float32', floats, [1, 8, 8, 3]);
    const expected = (await plain.run({ input }))['embedding']?.data as Float32Array;
    await plain.release();
    expected.forEach((value, at) => expect(embedding[at]).toBeCloseTo(value, 2));
    expect(Math.max(...expected)).toBeGreaterThan(10);
  });

  it('leaves them to a file whose input they are', async () => {
    const model = writeOnnxModel({
      name: 'bytes',
      inputs: [{ name: 'rgb', type: 'uint8', shape: ['N', 8, 8, 3] }],
      outputs: [{ name: 'embedding', type: 'float32', shape: ['N', 3] }],
      nodes: [
        { operator: 'Cast', inputs: ['rgb'], outputs: ['f'], attributes: { to: 1 } },
        {
          operator: 'ReduceMean',
          inputs: ['f'],
          outputs: ['embedding'],
          attributes: { axes: [1, 2], keepdims: 0 },
        },
      ],
    });
    const session = await opened('bytes', model, 'caffe');
    expect(session.backbone.takesBytes).toBe(true);
    expect(Array.from(await session.embed(new Uint8Array(192).fill(7), 1))).toEqual([7, 7, 7]);
    await session.dispose();
  });

  it('takes no graph that only the runtime can read', async () => {
    // Protobuf merges messages in parts. Our reader follows no path and refuses such a file.
    const model = concatBytes([meanColour(), bytesField(7, bytesField(10, 'a note'))]);
    await expect(opened('parts', model, 'torch')).rejects.toThrow('it comes in parts');
  });
});
