/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import { memory } from '@tensorflow/tfjs-core';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { preprocessings } from '../../backbones/preprocessing';
import { findBackbones } from '../../backbones/registry';
import { openBackbone } from '../../backbones/session';
import { openTfjs } from '../../engine/tfjs';
import { toOnnx } from '../../onnx/fromLayers';
import { writeOnnxModel, type Graph } from '../../onnx/model';
import { readOnnxModel } from '../../onnx/read';
import { quantiseGraph } from '../../quantise/quantiseGraph';
import { denseTailNet } from '../../testing/denseTailNet';
import { meanOf, randomHead, uniformValues } from '../../testing/randomHead';
import { smallConvNet } from '../../testing/smallConvNet';
import { tinyNet } from '../../testing/tinyNet';
import { alexnet } from '../../training/deep/network/alexnet';
import type { DeepNet } from '../../training/deep/network/net';
import { classMap, isMeanPooled, logitGradient } from '../gradCam';
import { openTail } from './channelGradient';
import { tailOf } from './tail';

const classes = 3;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gradient-'));
  await openTfjs({ backend: 'cpu' });
});
afterAll(() => rm(folder, { recursive: true }));

const read = (graph: Graph) => readOnnxModel(writeOnnxModel(graph));
const largest = (values: Float32Array) =>
  values.reduce((most, each) => Math.max(most, Math.abs(each)), 0);

async function opened(id: string, file: Uint8Array) {
  await writeFile(join(folder, `${id}.onnx`), file);
  const { found, rejected } = await findBackbones([folder]);
  const backbone = found.find((each) => each.id === id);
  if (!backbone) throw new Error(JSON.stringify(rejected));
  return openBackbone(backbone, { threads: 1 });
}

/** Computes an image's map from the file, as the product does. */
async function mapOf(id: string, file: Uint8Array) {
  const session = await opened(id, file);
  const { inputSize } = session.backbone;
  const pixels = uniformValues(inputSize ** 2 * 3, 'pixels').map((value) => 127.5 * (value + 1));
  try {
    return await session.featureMap(Uint8Array.from(pixels));
  } finally {
    await session.dispose();
  }
}

/** @param layer whose output is the map; default: the network's own choice */
async function exported(net: DeepNet, layer?: string): Promise<Graph> {
  const built = await net.build(classes, 1);
  const { featureMap, embedding, model } = built;
  const graph = await toOnnx(model, {
    name: net.id,
    outputs: { feature_map: layer ?? featureMap, embedding, logits: model.outputs[0]! },
  });
  built.dispose();
  return graph;
}

/** Computes the embedding of a map in ONNX Runtime, with the tail only. */
async function embedding(graph: Graph, values: Float32Array, shape: number[]) {
  const { nodes, constants } = tailOf(graph);
  const file = writeOnnxModel({
    name: 'tail',
    inputs: [{ name: 'feature_map', type: 'float32', shape }],
    outputs: graph.outputs.filter(({ name }) => name === 'embedding'),
    initializers: [...constants.values()],
    nodes,
  });
  const session = await InferenceSession.create(file, { logSeverityLevel: 3 });
  try {
    const results = await session.run({ feature_map: new Tensor('float32', values, shape) });
    return results['embedding']!.data as Float32Array;
  } finally {
    await session.release();
  }
}

describe('where the embedding is the mean of the map', () => {
  const nets: Record<string, () => Promise<Uint8Array> | Uint8Array> = {
    'a backbone with its channels first': () => smallConvNet('channels first'),
    'a backbone whose map is a copy with its channels last': () => smallConvNet('channels last'),
    'a network of our own': async () => writeOnnxModel(await exported(tinyNet())),
  };
  it.each(Object.entries(nets))('both ways give one map: %s', async (name, make) => {
    const file = await make();
    const map = await mapOf(name.replaceAll(' ', '-'), file);
    expect(isMeanPooled(map)).toBe(true);
    const tail = openTail(readOnnxModel(file));
    const head = randomHead(map.embedding.length, classes);
    for (let k = 0; k < classes; k++) {
      const closed = classMap(map, head, k);
      const gradient = await tail.channelGradient(map, logitGradient(map, head, k));
      const auto = classMap(map, head, k, gradient);
      expect(largest(closed.values)).toBeGreaterThan(0.1);
      closed.values.forEach((value, cell) => expect(auto.values[cell]).toBeCloseTo(value, 4));
      expect(meanOf(auto.values) + head.bias[k]!).toBeCloseTo(auto.logit, 4);
    }
    tail.dispose();
  });
});

describe('where it is not', () => {
  it('is the slope that small steps of each channel find', async () => {
    const graph = denseTailNet();
    const map = await mapOf('slope', writeOnnxModel(graph));
    expect(isMeanPooled(map)).toBe(false);
    const { channels, height, width, values } = map;
    const cotangent = logitGradient(map, randomHead(map.embedding.length, classes), 1);
    const tail = openTail(graph);
    const gradient = await tail.channelGradient(map, cotangent);
    tail.dispose();
    const step = 1e-3;
    const logit = async (channel: number, by: number) => {
      const moved = values.map((value, at) =>
        Math.floor(at / (height * width)) === channel ? value + by : value,
      );
      const features = await embedding(graph, moved, [1, channels, height, width]);
      return features.reduce((sum, value, at) => sum + value * cotangent[at]!, 0);
    };
    expect(largest(gradient)).toBeGreaterThan(1);
    for (let channel = 0; channel < channels; channel++) {
      const slope = ((await logit(channel, step)) - (await logit(channel, -step))) / (2 * step);
      expect(Math.abs(gradient[channel]! - slope)).toBeLessThan(5e-3 * largest(gradient));
    }
  });

  it('is another for another class and another head, and the same for the same', async () => {
    const file = writeOnnxModel(denseTailNet());
    const map = await mapOf('heads', file);
    const tail = openTail(readOnnxModel(file));
    const values = async (seed: string, k: number) => {
      const head = randomHead(map.embedding.length, classes, seed);
      const gradient = await tail.channelGradient(map, logitGradient(map, head, k));
      return [...classMap(map, head, k, gradient).values];
    };
    const before = await values('head', 0);
    expect(await values('head', 0)).toEqual(before);
    expect(await values('head', 1)).not.toEqual(before);
    expect(await values('another head', 0)).not.toEqual(before);
    tail.dispose();
  });

  it('is nearly the float network’s where the file computes with 8 bits', async () => {
    const graph = denseTailNet();
    const images = Array.from({ length: 4 }, (_, at) =>
      Uint8Array.from(uniformValues(192, `image ${at}`), (value) => 127.5 * (value + 1)),
    );
    const quantised = await quantiseGraph(read(graph), preprocessings.signedUnit, images);
    expect(tailOf(quantised).nodes.map(({ operator }) => operator)).toContain('QuantizeLinear');
    const [float, bytes] = [
      await mapOf('float', writeOnnxModel(graph)),
      await mapOf('bytes', writeOnnxModel(quantised)),
    ];
    const cotangent = logitGradient(float, randomHead(float.embedding.length, classes), 0);
    const [expected, actual] = [
      await openTail(graph).channelGradient(float, cotangent),
      await openTail(quantised).channelGradient(bytes, cotangent),
    ];
    for (const [channel, value] of expected.entries())
      expect(Math.abs(actual[channel]! - value)).toBeLessThan(0.1 * largest(expected));
  });

  it('comes from the backbone’s own thread: AlexNet, of the last convolution', async () => {
    await openTfjs({ backend: 'wasm', threads: 1 });
    const graph = await exported(alexnet());
    await openTfjs({ backend: 'cpu' });
    const session = await opened('alexnet', writeOnnxModel(graph));
    try {
      const pixels = uniformValues(227 * 227 * 3, 'pixels').map((value) => 127.5 * (value + 1));
      const map = await session.featureMap(Uint8Array.from(pixels));
      expect([map.channels, map.height, map.width]).toEqual([256, 5, 5]);
      const head = randomHead(map.embedding.length, classes);
      const gradient = await session.channelGradient(map, logitGradient(map, head, 2));
      const { values } = classMap(map, head, 2, gradient);
      expect(values).toHaveLength(25);
      expect(largest(values)).toBeGreaterThan(0);
      // The session's refusal has a code, and the next call is answered.
      const refused = session.channelGradient(
        { ...map, values: map.values.map(() => 1) },
        gradient,
      );
      await expect(refused).rejects.toMatchObject({ code: 'SHAPE' });
    } finally {
      await session.dispose();
    }
  }, 120_000);

  it('is found in files of AlexNet whose map is the pooled one, as they once were', async () => {
    await openTfjs({ backend: 'wasm', threads: 1 });
    const graph = await exported(alexnet(), 'pool5');
    await openTfjs({ backend: 'cpu' });
    const sides = { channels: 256, height: 2, width: 2, channelsLast: false };
    const values = uniformValues(1024, 'map');
    const map = { ...sides, values, embedding: await embedding(graph, values, [1, 256, 2, 2]) };
    const tail = openTail(graph);
    const cotangent = logitGradient(map, randomHead(4096, classes), 0);
    expect(largest(await tail.channelGradient(map, cotangent))).toBeGreaterThan(0);
    tail.dispose();
  });
});

describe('what cannot be differentiated', () => {
  it('is refused by the operator’s name', () => {
    const graph = denseTailNet({ between: (builder, x) => builder.node('Sin', [x], 'sine') });
    expect(() => openTail(graph)).toThrow('the operator Sin');
    const foreign = graph.nodes.map((node) =>
      node.operator === 'Sin' ? { ...node, operator: 'Relu', domain: 'com.example' } : node,
    );
    expect(() => openTail({ ...graph, nodes: foreign })).toThrow('the operator Relu');
  });

  it('is a map that the embedding is reached around', () => {
    const graph = denseTailNet({
      between: (builder, x) =>
        builder.node('Add', [x, builder.node('ReduceMean', ['input'], 'all')], 'sum'),
    });
    expect(() => openTail(graph)).toThrow('reached from `input` around that');
    const [, , relu, ...rest] = graph.nodes;
    const beside = rest.map((node) => ({
      ...node,
      inputs: node.inputs.map((name) => (name === 'feature_map' ? 'sums' : name)),
    }));
    expect(() =>
      openTail({ ...graph, nodes: [...graph.nodes.slice(0, 2), relu!, ...beside] }),
    ).toThrow('alone');
  });

  it('is a map of another image or backbone than the embedding', async () => {
    const file = writeOnnxModel(denseTailNet());
    const map = await mapOf('other', file);
    const tail = openTail(readOnnxModel(file));
    const cotangent = new Float32Array(map.embedding.length);
    const before = memory().numTensors;
    const refusal = (changed: object, by = cotangent) =>
      tail.channelGradient({ ...map, ...changed }, by);
    await expect(refusal({ values: map.values.map(() => 1) })).rejects.toThrow(
      'different embeddings',
    );
    await expect(refusal({ values: map.values.subarray(1) })).rejects.toMatchObject({
      code: 'SHAPE',
    });
    await expect(refusal({}, cotangent.subarray(1))).rejects.toMatchObject({ code: 'SHAPE' });
    await expect(refusal({ channels: 9, width: 2, height: 16 })).rejects.toMatchObject({
      code: 'BACKBONE',
    });
    await refusal({});
    expect(memory().numTensors).toBe(before);
    tail.dispose();
    expect(memory().numTensors).toBeLessThan(before);
  });
});
