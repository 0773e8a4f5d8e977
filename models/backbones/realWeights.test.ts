/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import '@tensorflow/tfjs-backend-wasm';
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { runLayers, runOnnx, worstDifference } from '../testing/layersModels';
import { writeOnnxModel } from '../onnx/model';
import { decodePixels } from './decode';
import { backboneGraph } from './exportBackbone';
import { rebuildBackbone } from './fromOnnx/rebuildBackbone';
import { preprocess, signedUnit } from './preprocessing';

const shared = resolve(process.env['LABELLOOP_SHARED'] ?? join('..', 'shared'));
const file = join(shared, 'models', 'mobilenet_v2_1.0_224_imagenet.onnx');
const photos = join(shared, 'data', 'caltech101');
const present = existsSync(file) && existsSync(photos);
const name = 'MobileNetV2 with its real weights reproduces their embeddings';

/** The first photo of three classes. */
function somePhotos(): string[] {
  const classes = readdirSync(photos).filter((each) => /^[a-z]+$/i.test(each));
  return [0, 40, 80].map((at) => {
    const folder = join(photos, classes[at % classes.length]!);
    return join(folder, readdirSync(folder).sort()[0]!);
  });
}

(present ? test : test.skip)(
  present ? name : `${name} (skipped: ${file} and ${photos} are not both here)`,
  async () => {
    await tf.setBackend('wasm');
    await tf.ready();
    const bytes = await readFile(file);
    const { architecture, model } = rebuildBackbone(bytes);
    expect(architecture.id).toBe('mobilenet_v2');

    const images = somePhotos();
    const shape = [images.length, 224, 224, 3];
    const input = new Float32Array(images.length * 224 * 224 * 3);
    for (const [at, image] of images.entries())
      preprocess(await decodePixels(image, 224), signedUnit, input, at * 224 * 224 * 3);

    const original = await runOnnx(bytes, input, shape);
    const [map] = await runLayers(model, input, shape);
    expect(worstDifference(map!.data, original['feature_map']!.data)).toBeLessThan(1e-3);
    const pooled = Float32Array.from({ length: images.length * 1280 }, (_, at) =>
      map!.data.subarray(at * 49, at * 49 + 49).reduce((sum, value) => sum + value / 49, 0),
    );
    expect(worstDifference(pooled, original['embedding']!.data)).toBeLessThan(1e-3);

    // Our own file of the network, on the same photos.
    const graph = await backboneGraph(model, { architecture: 'mobilenet_v2' });
    const own = await runOnnx(writeOnnxModel(graph), input, shape);
    for (const output of ['feature_map', 'embedding'])
      expect(worstDifference(own[output]!.data, original[output]!.data)).toBeLessThan(1e-3);
    model.dispose();
  },
);
