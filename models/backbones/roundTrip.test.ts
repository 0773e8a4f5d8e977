/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { writeOnnxModel } from '../onnx/model';
import { readOnnxModel } from '../onnx/read';
import { savedLayersOf, writeKerasFile } from '../testing/kerasFile';
import { randomiseWeights, runLayers, worstDifference } from '../testing/layersModels';
import { architectures } from './architectures';
import type { Architecture } from './architectures/architecture';
import { backboneGraph } from './exportBackbone';
import { rebuildBackbone } from './fromOnnx/rebuildBackbone';
import { loadKerasWeights } from './keras/load';
import { agreementTolerance, randomInput, verifyBackbone } from './verify';

beforeAll(async () => {
  await tf.setBackend('wasm');
  await tf.ready();
});

const exported = async (model: LayersModel, { id, preprocessing }: Architecture) =>
  writeOnnxModel(
    await backboneGraph(model, { architecture: id, preprocessing: preprocessing.name }),
  );

/** Input sizes that are fast to compare, and odd if the network's own is odd. */
const sizes: Record<string, number> = { mobilenet: 96, mobilenet_v2: 96, resnet50: 96 };

describe.each(architectures)('$id', (architecture) => {
  const options = { inputSize: sizes[architecture.id] ?? 107 };
  let keras: LayersModel;
  let model: LayersModel;
  let file: Uint8Array;
  beforeAll(async () => {
    keras = architecture.build(options);
    randomiseWeights(keras, architecture.id);
    model = architecture.build(options);
    await loadKerasWeights(model, await writeKerasFile(await savedLayersOf(keras)));
    file = await exported(model, architecture);
  });
  afterAll(() => [keras, model].forEach((each) => each.dispose()));

  it('comes out of its Keras file as it went in, and its ONNX file agrees on both outputs', async () => {
    const agreement = await verifyBackbone(file, keras, architecture.preprocessing, 1);
    expect(agreement.featureMap).toBeLessThan(agreementTolerance);
    expect(agreement.embedding).toBeLessThan(agreementTolerance);
    const { operators, outputs } = contents(file);
    expect(operators.has('BatchNormalization') || operators.has('Mul')).toBe(false);
    expect(outputs).toEqual(['feature_map', 'embedding']);
  });

  it('is rebuilt from its ONNX file', async () => {
    const rebuilt = rebuildBackbone(file);
    expect(rebuilt.architecture.id).toBe(architecture.id);
    const shape = [1, options.inputSize, options.inputSize, 3];
    const input = randomInput(1, options.inputSize, architecture.preprocessing);
    const [expected] = await runLayers(keras, input, shape);
    const [actual] = await runLayers(rebuilt.model, input, shape);
    const largest = expected!.data.reduce((most, value) => Math.max(most, value), 1);
    expect(worstDifference(actual!.data, expected!.data)).toBeLessThan(1e-3 * largest);
    rebuilt.model.dispose();
  });
});

function contents(file: Uint8Array) {
  const { nodes, outputs } = readOnnxModel(file);
  return {
    operators: new Set(nodes.map(({ operator }) => operator)),
    outputs: outputs.map(({ name }) => name),
  };
}

describe('checking a file against its network', () => {
  it('refuses one whose weights are others', async () => {
    const [architecture] = architectures;
    const model = architecture!.build({ inputSize: 64 });
    randomiseWeights(model, 1);
    const file = await exported(model, architecture!);
    randomiseWeights(model, 2);
    await expect(verifyBackbone(file, model, architecture!.preprocessing)).rejects.toThrow(
      'does not compute what TensorFlow.js computes',
    );
    model.dispose();
  });

  it('refuses one without weights', async () => {
    const [architecture] = architectures;
    const model = architecture!.build({ inputSize: 32 });
    const file = await exported(model, architecture!);
    await expect(verifyBackbone(file, model, architecture!.preprocessing)).rejects.toThrow(
      'nothing but zeros',
    );
    model.dispose();
  });

  it('rebuilds no network of unknown structure or name', () => {
    const conv = { name: 'k', shape: [1, 3, 1, 1], data: new Float32Array(3) };
    const graph = {
      name: 'g',
      inputs: [{ name: 'input', type: 'float32' as const, shape: ['N', 8, 8, 3] }],
      outputs: [{ name: 'embedding', type: 'float32' as const, shape: ['N', 1, 8, 8] }],
      initializers: [conv],
      nodes: [{ operator: 'Conv', inputs: ['input', 'k'], outputs: ['embedding'] }],
    };
    expect(() => rebuildBackbone(writeOnnxModel(graph))).toThrow('no architecture that can be');
    const metadata = { 'labelloop.architecture': 'vgg' };
    expect(() => rebuildBackbone(writeOnnxModel({ ...graph, metadata }))).toThrow(
      'architecture vgg',
    );
    const bytes = { name: 'k', shape: [1, 3, 1, 1], data: new Int8Array(3) };
    expect(() => rebuildBackbone(writeOnnxModel({ ...graph, initializers: [bytes] }))).toThrow(
      'quantised file',
    );
  });
});
