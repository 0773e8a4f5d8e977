/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import { mkdir, mkdtemp, open, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { io } from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { openTfjs } from '../../engine/tfjs';
import { writeOnnxModel, type Graph } from '../../onnx/model';
import { bytesField, concatBytes, integerField } from '../../onnx/protobuf';
import { readOnnxModel } from '../../onnx/read';
import { randomiseWeights, runLayers, runOnnx, worstDifference } from '../../testing/layersModels';
import { denseTailNet } from '../../testing/denseTailNet';
import { meanColour } from '../../testing/meanColour';
import { smallConvNet } from '../../testing/smallConvNet';
import { findBackbones } from '../registry';
import { randomInput } from '../verify';
import { signedUnit } from '../preprocessing';
import { addBackbone, type AddOptions } from './addBackbone';

let folder: string;
let kept: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'add-'));
  kept = join(folder, 'kept');
});
afterEach(() => rm(folder, { recursive: true }));

async function add(name: string, content: Uint8Array | string, options: Partial<AddOptions> = {}) {
  const file = join(folder, name);
  await writeFile(file, content);
  return addBackbone(file, { folder: kept, ...options });
}

/** Expects a refusal with this reason, and that nothing was kept. */
async function refused(work: Promise<unknown>, reason: string | RegExp) {
  await expect(work).rejects.toThrow(reason);
  await expect(work).rejects.toMatchObject({ name: 'ModelInputError' });
  expect(await readdir(kept).catch(() => [])).toEqual([]);
}

const changed = (change: (graph: Graph) => Partial<Graph>): Uint8Array => {
  const graph = readOnnxModel(meanColour());
  return writeOnnxModel({ ...graph, ...change(graph) });
};

describe('an ONNX file', () => {
  it('keeps what it said of itself, but not that it is a network of ours', async () => {
    const metadata = {
      'labelloop.name': 'Means',
      'labelloop.preprocessing': 'torch',
      'labelloop.architecture': 'resnet50',
      team: 'birds',
    };
    const added = await add(
      'means.onnx',
      changed(() => ({ metadata })),
      { licence: 'CC0' },
    );
    expect(added).toMatchObject({ id: 'means', embeddingSize: 3, preprocessing: 'torch' });
    const written = readOnnxModel(await readFile(added.file)).metadata;
    expect(written).toMatchObject({
      'labelloop.name': 'Means',
      'labelloop.licence': 'CC0',
      team: 'birds',
    });
    expect(written).not.toHaveProperty(['labelloop.architecture']);
  });

  it('is told whether its predictions can be explained, and if not, why', async () => {
    const unexplained = async (id: string, content: Uint8Array) =>
      (await add(`${id}.onnx`, content)).unexplained;
    const sine = denseTailNet({ between: (builder, x) => builder.node('Sin', [x], 'sine') });
    expect(await unexplained('means', meanColour())).toContain('no feature_map');
    expect(await unexplained('sine', writeOnnxModel(sine))).toContain('the operator Sin');
    expect(await unexplained('dense', writeOnnxModel(denseTailNet()))).toBeUndefined();
    expect(await unexplained('pooled', smallConvNet('channels last'))).toBeUndefined();
  });

  const bad: Record<string, [() => Uint8Array | string, string | RegExp]> = {
    'that is text': [() => '<html>', 'no ONNX file'],
    'that is empty': [() => '', 'no ONNX file'],
    'that is cut short': [() => meanColour().subarray(0, 90), 'no ONNX file'],
    'of four channels': [() => meanColour(4), '[N, 8, 8, 4]'],
    'of whole numbers': [
      () => changed(({ inputs }) => ({ inputs: [{ ...inputs[0]!, type: 'int32' }] })),
      /type/i,
    ],
    'with another output': [
      () =>
        changed(({ outputs, nodes }) => ({
          outputs: [{ ...outputs[0]!, name: 'features' }],
          nodes: [{ ...nodes[0]!, outputs: ['features'] }],
        })),
      '`embedding` is nothing',
    ],
    'that gives no numbers': [
      () =>
        changed(({ nodes }) => ({
          nodes: [
            { ...nodes[0]!, outputs: ['mean'] },
            { operator: 'Sub', inputs: ['mean', 'mean'], outputs: ['zero'] },
            { operator: 'Div', inputs: ['zero', 'zero'], outputs: ['embedding'] },
          ],
        })),
      'not finite',
    ],
    'that gives the same for every image': [
      () =>
        changed(({ nodes }) => ({
          nodes: [
            { ...nodes[0]!, outputs: ['mean'] },
            { operator: 'Sub', inputs: ['mean', 'mean'], outputs: ['embedding'] },
          ],
        })),
      'two different images have the same embedding',
    ],
    'that mixes the images of a batch': [
      () =>
        changed(({ nodes }) => ({
          nodes: [
            { ...nodes[0]!, outputs: ['mean'] },
            {
              operator: 'Softmax',
              inputs: ['mean'],
              outputs: ['embedding'],
              attributes: { axis: 0 },
            },
          ],
        })),
      'of an image alone differs from that in a batch',
    ],
    'of a few hundred bytes that computes gigabytes when it is loaded': [
      () => bomb(false),
      /it needs more than 1024 MiB|it takes longer/,
    ],
    'of a few hundred bytes that computes gigabytes when it runs': [
      () => bomb(true),
      /it needs more than 1024 MiB|it takes longer/,
    ],
    'that claims values it does not have': [
      () => hostile(concatBytes([integerField(1, 2 ** 40), integerField(2, 1)])),
      'no ONNX file',
    ],
    'whose values lie outside it': [() => hostile(external('../../secret')), 'no ONNX file'],
    'whose values lie beside it': [() => hostile(external('weights.bin')), 'no ONNX file'],
  };

  /**
   * The mean-colour graph plus the mean of a tensor of 2 GiB. ONNX Runtime computes constants when it
   * loads a file, and what depends on the input when it runs.
   */
  const bomb = (whenItRuns: boolean): Uint8Array =>
    changed(({ nodes, initializers = [] }) => ({
      initializers: [
        ...initializers,
        { name: 'sides', shape: [2], data: BigInt64Array.of(2n ** 15n, 2n ** 14n) },
        { name: 'one', shape: [1, 1], data: Float32Array.of(1) },
      ],
      nodes: [
        { ...nodes[0]!, outputs: ['mean'] },
        ...(whenItRuns
          ? [
              {
                operator: 'ReduceMean',
                inputs: ['mean'],
                outputs: ['seed'],
                attributes: { keepdims: 1 },
              },
            ]
          : []),
        { operator: 'Expand', inputs: [whenItRuns ? 'seed' : 'one', 'sides'], outputs: ['huge'] },
        {
          operator: 'ReduceMean',
          inputs: ['huge'],
          outputs: ['sum'],
          attributes: { keepdims: 1 },
        },
        { operator: 'Mul', inputs: ['sum', 'mean'], outputs: ['embedding'] },
      ],
    }));

  /** The mean-colour graph with one more constant, made of these fields. */
  function hostile(tensor: Uint8Array): Uint8Array {
    const named = concatBytes([tensor, bytesField(8, 'extra')]);
    const graph = bytesField(7, bytesField(5, named));
    // Protobuf merges repeated messages. A model in parts is refused for that reason alone, so the
    // constant goes into the graph's own bytes.
    return splice(meanColour(), graph);
  }

  /** A constant of four floats that claims to be in another file. */
  const external = (location: string) =>
    concatBytes([
      integerField(1, 4),
      integerField(2, 1),
      bytesField(13, concatBytes([bytesField(1, 'location'), bytesField(2, location)])),
      integerField(14, 1),
    ]);

  // A busy machine takes its time to fill a gigabyte.
  it.each(Object.keys(bad))(
    '%s is refused',
    async (name) => {
      const [make, reason] = bad[name]!;
      await writeFile(join(folder, 'weights.bin'), new Uint8Array(16));
      await refused(add('net.onnx', make()), reason);
    },
    180_000,
  );

  it('that is too large is refused before it is read', async () => {
    const file = join(folder, 'huge.onnx');
    const handle = await open(file, 'w');
    await handle.truncate(2 ** 29 + 1);
    await handle.close();
    await refused(addBackbone(file, { folder: kept }), 'at most 536870912 are taken');
  });

  it('that reaches outside its folder is no backbone in a folder either', async () => {
    await writeFile(join(folder, 'secret'), new Uint8Array(16));
    await mkdir(join(folder, 'a', 'b'), { recursive: true });
    await writeFile(join(folder, 'a', 'b', 'net.onnx'), hostile(external('../../secret')));
    const { found, rejected } = await findBackbones([join(folder, 'a', 'b')]);
    expect(found).toEqual([]);
    expect(rejected).toHaveLength(1);
  });
});

/** Inserts a field into the graph message of a model file. */
function splice(model: Uint8Array, field: Uint8Array): Uint8Array {
  const { outputs } = readOnnxModel(model);
  expect(outputs).toHaveLength(1);
  let at = 0;
  const number = () => {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = model[at++]!;
      value += (byte % 128) * shift;
      if (byte < 128) return value;
    }
  };
  for (;;) {
    const start = at;
    const tag = number();
    if (tag % 8 === 0) number();
    else {
      const length = number();
      if (tag >> 3 !== 7) at += length;
      else {
        const graph = concatBytes([model.subarray(at, at + length), field.subarray(headOf(field))]);
        const rest = model.subarray(at + length);
        return concatBytes([model.subarray(0, start), bytesField(7, graph), rest]);
      }
    }
  }
}

/** Returns the bytes of a field's tag and length. */
const headOf = (field: Uint8Array) => 1 + (field.subarray(1).findIndex((byte) => byte < 128) + 1);

describe('a TensorFlow.js layers model', () => {
  const net = () =>
    sequential({
      layers: [
        layers.conv2d({ filters: 5, kernelSize: 3, strides: 2, inputShape: [17, 17, 3] }),
        layers.batchNormalization(),
        layers.reLU({ name: 'map' }),
        layers.globalAveragePooling2d({}),
        layers.dense({ units: 2 }),
      ],
    });

  interface Manifest {
    paths: string[];
    weights: Record<string, unknown>[];
  }
  interface ModelJson {
    format?: string;
    modelTopology: Record<string, unknown>;
    weightsManifest: [Manifest];
  }

  /** Writes a model as TensorFlow.js saves it, after a change. */
  async function saved(change: (json: ModelJson) => unknown = () => undefined) {
    await openTfjs({ backend: 'wasm', threads: 1 });
    const model = net();
    randomiseWeights(model);
    let artifacts: io.ModelArtifacts | undefined;
    await model.save(
      io.withSaveHandler((saved_) => {
        artifacts = saved_;
        return Promise.resolve({ modelArtifactsInfo: io.getModelArtifactsInfoForJSON(saved_) });
      }),
    );
    const json: ModelJson = {
      modelTopology: artifacts!.modelTopology as Record<string, unknown>,
      weightsManifest: [
        {
          paths: ['group1-shard1of1.bin'],
          weights: artifacts!.weightSpecs as unknown as Record<string, unknown>[],
        },
      ],
    };
    const home = join(folder, 'my-net');
    await mkdir(home, { recursive: true });
    await writeFile(
      join(home, 'group1-shard1of1.bin'),
      new Uint8Array(artifacts!.weightData as ArrayBuffer),
    );
    await change(json);
    const file = join(home, 'model.json');
    await writeFile(file, JSON.stringify(json));
    return { file, model };
  }

  it('is pooled at its last feature map', async () => {
    const { file, model } = await saved();
    const added = await addBackbone(file, { folder: kept, preprocessing: 'signedUnit' });
    expect(added).toMatchObject({ id: 'my-net', inputSize: 17, embeddingSize: 5 });
    const input = randomInput(2, 17, signedUnit);
    const { embedding } = await runOnnx(await readFile(added.file), input, [2, 17, 17, 3]);
    const pooled = sequential({ layers: model.layers.slice(0, 4) });
    const [expected] = await runLayers(pooled, input, [2, 17, 17, 3]);
    expect(worstDifference(embedding!.data, expected!.data)).toBeLessThan(1e-4);
  });

  const at = (path: string) => (json: ModelJson) => void (json.weightsManifest[0].paths = [path]);
  const weights = (change: Record<string, unknown>) => (json: ModelJson) =>
    Object.assign(json.weightsManifest[0].weights[0]!, change);
  const bad: Record<string, [(json: ModelJson) => unknown, string]> = {
    'an absolute path': [at('/etc/passwd'), '“/etc/passwd” is not a plain file name'],
    'a path upwards': [at('../secret.bin'), 'is not a plain file name'],
    'a path on Windows': [at('..\\secret.bin'), 'is not a plain file name'],
    'a path into a folder': [at('deep/weights.bin'), 'is not a plain file name'],
    'the folder above': [at('..'), 'is not a plain file name'],
    'an address': [at('https://example.org/weights.bin'), 'is not a plain file name'],
    'a file that is not there': [at('none.bin'), 'none.bin does not exist'],
    'quantised weights': [weights({ quantization: { dtype: 'uint8' } }), 'quantised weights'],
    'whole numbers': [weights({ dtype: 'int32' }), 'only float32'],
    'weights larger than their file': [weights({ shape: [3, 3, 3, 50] }), 'its manifest says'],
    'an absurd shape': [weights({ shape: [2 ** 40] }), 'weightsManifest'],
    'a graph model': [(json) => (json.format = 'graph-model'), 'it is a graph model'],
    'a network of a million filters': [
      (json) => {
        const text = JSON.stringify(json.modelTopology).replace('"filters":5', '"filters":5000000');
        json.modelTopology = JSON.parse(text) as Record<string, unknown>;
      },
      'its topology contains 5000000',
    ],
    'a layer that nobody knows': [
      (json) => {
        const text = JSON.stringify(json.modelTopology).replace('"ReLU"', '"Lambda"');
        json.modelTopology = JSON.parse(text) as Record<string, unknown>;
      },
      'cannot be built: Unknown layer: Lambda',
    ],
  };
  it.each(Object.keys(bad))('with %s is refused', async (name) => {
    const [change, reason] = bad[name]!;
    await writeFile(join(folder, 'secret.bin'), new Uint8Array(4));
    const { file } = await saved(change);
    await refused(addBackbone(file, { folder: kept }), reason);
  });

  it('with a link out of its folder is refused', async () => {
    const secret = join(folder, 'secret.bin');
    const { file } = await saved(async (json) => {
      const home = join(folder, 'my-net');
      await writeFile(secret, await readFile(join(home, 'group1-shard1of1.bin')));
      await symlink(secret, join(home, 'linked.bin'));
      at('linked.bin')(json);
    });
    await refused(addBackbone(file, { folder: kept }), 'is a link out of its folder');
  });

  it('that is no JSON is refused', async () => {
    await refused(add('model.json', '{', { id: 'net' }), 'it is not JSON');
    await refused(add('model.json', '[]', { id: 'net' }), 'model.json');
  });
});
