/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { preprocess, preprocessings, signedUnit } from '../backbones/preprocessing';
import { findBackbones } from '../backbones/registry';
import { openBackbone } from '../backbones/session';
import { seededRandom } from '../numeric/random';
import type { Graph } from '../onnx/model';
import { writeOnnxModel } from '../onnx/model';
import { readOnnxModel } from '../onnx/read';
import { meanColour } from '../testing/meanColour';
import { residualNet } from '../testing/residualNet';
import { calibrate } from './calibrate';
import { scaleOf } from './emit';
import { quantiseBackbone } from './quantiseBackbone';
import { quantiseGraph } from './quantiseGraph';
import { quantiseBias, quantiseWeights } from './weights';

const size = 16;
const random = seededRandom(5);
const images = Array.from({ length: 24 }, () =>
  Uint8Array.from({ length: size * size * 3 }, () => random.below(256)),
);

async function run(graph: Graph, input: Tensor): Promise<Record<string, Float32Array>> {
  const session = await InferenceSession.create(writeOnnxModel(graph), { logSeverityLevel: 3 });
  const results = await session.run({ [session.inputNames[0]!]: input });
  await session.release();
  return Object.fromEntries(
    Object.entries(results).map(([name, { data }]) => [name, data as Float32Array]),
  );
}

/** Root mean square difference over root mean square. */
function relativeError(actual: Float32Array, expected: Float32Array): number {
  let [difference, whole] = [0, 0];
  expected.forEach((value, at) => {
    difference += (actual[at]! - value) ** 2;
    whole += value ** 2;
  });
  return Math.sqrt(difference / whole);
}

describe('scales', () => {
  it('give zero a number of its own, and cover the range', () => {
    for (const range of [
      { min: -1, max: 3 },
      { min: 2, max: 6 },
      { min: -5, max: -1 },
    ]) {
      const { scale, zeroPoint } = scaleOf(range);
      expect(Number.isInteger(zeroPoint)).toBe(true);
      expect((0 - zeroPoint) * scale).toBeLessThanOrEqual(Math.min(0, range.min) + scale / 2);
      expect((255 - zeroPoint) * scale).toBeGreaterThanOrEqual(Math.max(0, range.max) - scale / 2);
    }
    expect(scaleOf({ min: 0, max: 0 })).toEqual({ scale: 1, zeroPoint: 0 });
  });

  it('of weights are one per channel: a small channel keeps its precision beside a large one', () => {
    const data = Float32Array.of(100, -50, 0.01, 0.005, 0, 0);
    const { values, scales } = quantiseWeights({ name: 'w', shape: [3, 2], data });
    data.forEach((value, i) => {
      const scale = scales[Math.floor(i / 2)]!;
      expect(Math.abs(values[i]! * scale - value)).toBeLessThanOrEqual(scale / 2 + 1e-9);
    });
    expect(Array.from(values)).toEqual([127, -64, 127, 63, 0, 0]);
    const bias = quantiseBias(Float32Array.of(1, -1, 0), 0.5, scales);
    expect(bias.values[1]! * bias.scales[1]!).toBeCloseTo(-1, 4);
  });
});

describe('calibration', () => {
  it('cuts off what is too rare to be worth the others precision, and never zero', async () => {
    const graph: Graph = {
      name: 'identity',
      inputs: [{ name: 'x', type: 'uint8', shape: ['N', 1, 1000, 3] }],
      outputs: [],
      initializers: [{ name: 'scale', shape: [], data: Float32Array.of(0.01) }],
      nodes: [
        { operator: 'Cast', inputs: ['x'], outputs: ['f'], attributes: { to: 1 } },
        { operator: 'Mul', inputs: ['f', 'scale'], outputs: ['y'] },
      ],
    };
    const image = Uint8Array.from({ length: 3000 }, (_, i) => (i === 7 ? 255 : 20 + (i % 20)));
    const whole = (await calibrate(graph, ['y'], [image])).get('y')!;
    expect(whole.min).toBe(0);
    expect(whole.max).toBeLessThan(2.55);
    expect(whole.max).toBeGreaterThanOrEqual(0.39);
  });
});

describe('a quantised graph', () => {
  const graph = readOnnxModel(residualNet(size));

  it.each(['signedUnit', 'caffe', 'torch'] as const)(
    'takes bytes and follows the float graph on images it has not seen, prepared as %s',
    async (name) => {
      const quantised = await quantiseGraph(graph, preprocessings[name], images.slice(0, 16));
      for (const image of images.slice(16)) {
        const floats = new Float32Array(image.length);
        preprocess(image, preprocessings[name], floats, 0);
        const shape = [1, size, size, 3];
        const expected = await run(graph, new Tensor('float32', floats, shape));
        const actual = await run(quantised, new Tensor('uint8', image, shape));
        for (const output of ['embedding', 'feature_map'])
          expect(relativeError(actual[output]!, expected[output]!)).toBeLessThan(0.08);
      }
    },
  );

  it('stores weights in 8 bits, and its additions and convolutions read 8-bit values', async () => {
    const { nodes, initializers = [] } = await quantiseGraph(graph, signedUnit, images.slice(0, 8));
    const floats = initializers.filter(({ data }) => data instanceof Float32Array);
    expect(Math.max(...floats.map(({ data }) => data.length))).toBeLessThan(32);
    const makers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node])));
    const computing = nodes.filter(({ operator }) => ['Conv', 'Add'].includes(operator));
    expect(computing.length).toBeGreaterThan(3);
    for (const { inputs } of computing)
      for (const input of inputs) expect(makers.get(input)?.operator).toBe('DequantizeLinear');
  });

  it('is refused where nothing can be quantised, or the operator set is too old', async () => {
    const mean = readOnnxModel(meanColour());
    await expect(quantiseGraph(mean, signedUnit, images)).rejects.toThrow('no convolution');
    const old = { ...graph, operatorSets: { '': 11 } };
    await expect(quantiseGraph(old, signedUnit, images)).rejects.toThrow('11 is too old');
  });
});

describe('quantising a backbone', () => {
  let folder: string;
  let photos: Buffer[];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'quantise-'));
    await writeFile(join(folder, 'net.onnx'), residualNet(size));
    const raw = { width: size, height: size, channels: 3 as const };
    photos = await Promise.all(images.map((image) => sharp(image, { raw }).png().toBuffer()));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const net = async () => (await findBackbones([folder])).found.find(({ id }) => id === 'net')!;

  it('writes a quantised backbone beside it, which is found after it, takes bytes and embeds nearly the same', async () => {
    const {
      backbone,
      images: used,
      fidelity,
    } = await quantiseBackbone(await net(), [...photos, Buffer.from('not an image')]);
    expect(backbone).toMatchObject({ id: 'net-int8', takesBytes: true, hasFeatureMap: true });
    expect([used, fidelity > 0.99]).toEqual([24, true]);
    const { found } = await findBackbones([folder]);
    expect(found.map(({ id }) => id)).toEqual(['net', 'net-int8']);
    const { metadata } = readOnnxModel(await readFile(backbone.file));
    expect(metadata?.['labelloop.quantisedFrom']).toBe(found[0]?.sha256);
    const session = await openBackbone(backbone, { threads: 1 });
    expect((await session.embed(images[0]!, 1)).length).toBe(backbone.embeddingSize);
    await session.dispose();
  });

  it('refuses too few images and a backbone that is in 8 bits, and leaves no file behind', async () => {
    const before = await readdir(folder);
    await expect(quantiseBackbone(await net(), photos.slice(0, 3))).rejects.toThrow(
      'at least 8 JPEG, PNG or WebP images, got 3',
    );
    const quantised = { ...(await net()), takesBytes: true };
    await expect(quantiseBackbone(quantised, photos)).rejects.toMatchObject({ code: 'BACKBONE' });
    const stop = new AbortController();
    stop.abort();
    await expect(
      quantiseBackbone(await net(), photos, { signal: stop.signal }),
    ).rejects.toMatchObject({ name: 'AbortError' });
    expect(await readdir(folder)).toEqual(before);
  });
});
