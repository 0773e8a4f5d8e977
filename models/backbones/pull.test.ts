/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { openTfjs } from '../engine/tfjs';
import { savedLayersOf, writeKerasFile } from '../testing/kerasFile';
import { randomiseWeights } from '../testing/layersModels';
import type { Architecture, BuildOptions, WeightSource } from './architectures/architecture';
import { mobilenetV2 } from './architectures/mobilenetV2';
import { pullBackbone } from './pull';
import { findBackbones } from './registry';

let folder: string;
let server: Server;
let body: Uint8Array;
let address: string;

/** MobileNetV2 for small images, which are fast to compare, published by a local server. */
const published = (source: Partial<WeightSource> = {}): Architecture => ({
  ...mobilenetV2,
  source: { url: address, licence: 'Apache-2.0', ...source },
  build: (options: BuildOptions = {}): LayersModel =>
    mobilenetV2.build({ inputSize: 32, ...options }),
});

async function randomWeights(seed: number): Promise<Uint8Array> {
  const model = published().build();
  randomiseWeights(model, seed);
  try {
    return await writeKerasFile(await savedLayersOf(model));
  } finally {
    model.dispose();
  }
}

beforeAll(async () => {
  await openTfjs({ backend: 'wasm', threads: 1 });
  folder = await mkdtemp(join(tmpdir(), 'pull-'));
  server = createServer((_, response) => response.end(body));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2/weights.h5?version=1`;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

function pull(architecture: Architecture, signal?: AbortSignal) {
  const said: string[] = [];
  const say = (line: string) => said.push(line);
  return { said, pulled: pullBackbone(architecture, { folder, say, signal }) };
}

test('a published file is downloaded, converted, checked and kept; its hash is remembered', async () => {
  body = await randomWeights(1);
  const sha256 = createHash('sha256').update(body).digest('hex');
  const first = pull(published());
  const { file, agreement } = await first.pulled;
  expect(agreement.embedding).toBeLessThan(1e-3);
  expect(first.said.join()).toContain(`gives no hash; from now on it has to be ${sha256}`);
  expect((await readdir(folder)).sort()).toEqual(['downloads', 'mobilenet_v2.onnx', 'pins.json']);
  expect(await readdir(join(folder, 'downloads'))).toEqual([]);
  const [backbone] = (await findBackbones([folder])).found;
  expect(backbone).toMatchObject({ file, source: address, inputSize: 32 });

  // The same file again is accepted. Another file at the same address is not.
  const again = pull(published());
  await again.pulled;
  expect(again.said).toContain('it has the hash that it had when it was first downloaded here');
  const kept = await readFile(file);
  body = await randomWeights(2);
  await expect(pull(published()).pulled).rejects.toThrow(`not ${sha256}; it was thrown away`);
  expect((await readFile(file)).equals(kept)).toBe(true);
}, 180_000);

test('a file that has not the published hash is never read', async () => {
  body = Buffer.from('anything');
  const md5 = createHash('md5').update('the real one').digest('hex');
  const { said, pulled } = pull(published({ md5 }));
  await expect(pulled).rejects.toMatchObject({ code: 'DOWNLOAD' });
  await expect(pulled).rejects.toThrow(`not ${md5}`);
  expect(said).toHaveLength(1);
});

test('it stops when it is told to', async () => {
  body = await randomWeights(1);
  const { pulled } = pull(published(), AbortSignal.abort());
  await expect(pulled).rejects.toMatchObject({ name: 'AbortError' });
});
