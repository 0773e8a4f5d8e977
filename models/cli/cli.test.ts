/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { architectureOf } from '../backbones/architectures';
import { findBackbones } from '../backbones/registry';
import { openTfjs } from '../engine/tfjs';
import { savedLayersOf, writeKerasFile } from '../testing/kerasFile';
import { randomiseWeights } from '../testing/layersModels';
import { meanColour } from '../testing/meanColour';
import { Progress } from './progress';
import { run } from './run';

let folder: string;
let models: string;
let printed: string;
let told: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'models-cli-'));
  models = join(folder, 'kept', 'models');
});
afterEach(() => rm(folder, { recursive: true }));

function cli(...args: string[]): Promise<number> {
  printed = '';
  told = '';
  return run(args, {
    env: { LABELLOOP_MODELS: models, LABELLOOP_SHARED: folder },
    stdout: { write: (text) => (printed += text) },
    stderr: { write: (text) => (told += text) },
    signal: new AbortController().signal,
  });
}

const own = async (name: string, content: Uint8Array | string = meanColour()) => {
  const file = join(folder, name);
  await writeFile(file, content);
  return file;
};

/** Keras's file of MobileNetV2 with random weights. */
async function kerasFile(): Promise<string> {
  await openTfjs({ backend: 'wasm', threads: 1 });
  const model = architectureOf('mobilenet_v2')!.build({ inputSize: 32 });
  randomiseWeights(model);
  const file = await own('weights.h5', await writeKerasFile(await savedLayersOf(model)));
  model.dispose();
  return file;
}

describe('pull', () => {
  it('makes a backbone of a Keras file, and another of that backbone', async () => {
    const file = await kerasFile();
    expect(await cli('pull', 'mobilenet_v2', '--from', file)).toBe(0);
    expect(printed).toContain(join(models, 'mobilenet_v2.onnx'));
    expect(printed).toContain('Apache-2.0');
    expect(await readdir(models)).toEqual(['mobilenet_v2.onnx']);
    const [backbone] = (await findBackbones([models])).found;
    expect(backbone).toMatchObject({
      id: 'mobilenet_v2',
      name: 'MobileNetV2 (ImageNet, 224)',
      architecture: 'mobilenet_v2',
      licence: 'Apache-2.0',
      inputSize: 224,
      embeddingSize: 1280,
      hasFeatureMap: true,
    });
    expect(backbone?.source).toMatch(/^weights\.h5 \(sha256 [0-9a-f]{16}\)$/);

    const first = await readFile(backbone!.file);
    const copy = await own('copy.onnx', first);
    expect(await cli('pull', 'mobilenet_v2', '--from', copy)).toBe(0);
    expect((await readFile(backbone!.file)).length).toBeCloseTo(first.length, -3);
    expect(await cli('pull', 'mobilenet', '--from', copy)).toBe(1);
    expect(told).toContain('The file is a mobilenet_v2, not a mobilenet');
  }, 180_000);

  it('says what is wrong with a file, and leaves nothing behind', async () => {
    const cut = await own('cut.h5', (await readFile(await kerasFile())).subarray(0, 100_000));
    expect(await cli('pull', 'mobilenet_v2', '--from', cut)).toBe(1);
    expect(told).toContain('truncated');
    expect(await cli('pull', 'resnet50', '--from', join(folder, 'weights.h5'))).toBe(1);
    expect(told).toContain('it is not the published file (md5 4d473c1dd8becc155b73f8504c6f6626)');
    expect(told).toContain('belong to another network: no layer');
    expect(await cli('pull', 'resnet50', '--from', join(folder, 'none.h5'))).toBe(1);
    expect(told).toContain('none.h5 is not there');
    expect(await cli('pull', 'resnet50', '--from', folder)).toBe(1);
    expect(told).toContain('is not a file');
    expect(existsSync(models)).toBe(false);
  }, 180_000);
});

describe('add, list and remove', () => {
  it('keeps an own backbone under its id, and lists it with what it says of itself', async () => {
    const file = await own('My Net.onnx');
    const names = ['--name', 'Colours', '--preprocessing', 'unit', '--licence', 'ours'];
    expect(await cli('add', file, ...names)).toBe(0);
    expect(printed).toContain('my-net: ');
    expect(printed).toContain('8 × 8 pixels, unit; embeddings of 3; no feature_map');
    const [backbone] = (await findBackbones([models])).found;
    expect(backbone).toMatchObject({ id: 'my-net', name: 'Colours', licence: 'ours' });
    expect(backbone?.preprocessing.name).toBe('unit');

    expect(await cli('list')).toBe(0);
    expect(printed).toMatch(/my-net +Colours +0\.0 MiB +8 px +unit +3 +My Net\.onnx \(sha256 /);
    expect(printed).toContain('Available with “pull”: mobilenet_v2, mobilenet, resnet50');
    expect(await cli('remove', 'my-net')).toBe(0);
    expect(await readdir(models)).toEqual([]);
    expect(await cli('remove', 'my-net')).toBe(1);
    expect(told).toContain('There is no my-net');
  });

  it('replaces only what it is told to, and takes no id of a published network', async () => {
    const file = await own('net.onnx');
    expect(await cli('add', file)).toBe(0);
    expect(await cli('add', file)).toBe(1);
    expect(told).toContain('There is already a backbone net');
    expect(await cli('add', file, '--replace')).toBe(0);
    expect(await cli('add', file, '--id', 'resnet50')).toBe(1);
    expect(told).toContain('pull resnet50 --from net.onnx');
  });

  it.each(['../net', 'a/b', 'Net', '.net', 'net..', '', 'n'.repeat(65), 'net\n'])(
    'takes no “%s” for an id',
    async (id) => {
      const file = await own('net.onnx');
      expect(await cli('add', file, '--id', id)).toBe(1);
      expect(told).toContain('is no id');
      expect(await cli('remove', id)).not.toBe(0);
      expect(await readdir(folder)).toEqual(['net.onnx']);
    },
  );
});

describe('the command line', () => {
  it.each([
    [[], 'name a command'],
    [['fetch'], 'there is no command fetch'],
    [['constructor'], 'there is no command constructor'],
    [['pull'], 'give one id, not 0'],
    [['pull', 'vgg16'], 'there is no published network vgg16; there are mobilenet_v2'],
    [['pull', 'resnet50', '--form', 'x'], "Unknown option '--form'"],
    [['add', 'a.onnx', 'b.onnx'], 'give one file, not 2'],
    [['add', 'a.onnx', '--preprocessing', 'zca'], '--preprocessing is one of signedUnit'],
    [['list', 'all'], 'all'],
  ])('%j ends with 2 and the usage', async (args, reason) => {
    expect(await cli(...args)).toBe(2);
    expect(told).toContain(reason);
    expect(told).toContain('npm run models -- COMMAND');
    expect(printed).toBe('');
  });

  it('is what npm run models runs', () => {
    const root = join(__dirname, '..', '..');
    const node = (args: string[]) =>
      spawnSync(process.execPath, args, {
        cwd: root,
        env: { ...process.env, LABELLOOP_MODELS: models },
        encoding: 'utf8',
      });
    expect(node(['scripts/build.mjs', 'server']).status).toBe(0);
    const main = join('dist', 'models', 'cli', 'main.js');
    expect(node([main, 'help'])).toMatchObject({ status: 0, stderr: '' });
    expect(node([main, 'remove', 'none'])).toMatchObject({ status: 1, stdout: '' });
    expect(node([main, 'nothing'])).toMatchObject({ status: 2, stdout: '' });
  }, 30_000);
});

describe('progress', () => {
  function shown(isTTY: boolean, act: (progress: Progress) => void): string {
    let text = '';
    let clock = 0;
    const progress = new Progress({ isTTY, write: (part) => (text += part) }, () => (clock += 60));
    act(progress);
    progress.finish();
    return text;
  }
  const half = 2 ** 20;
  const load = (progress: Progress) => {
    for (let at = 1; at <= 20; at++) progress.download((at * half) / 10, 2 * half);
    progress.say('done');
  };

  it('is one line that changes on a terminal', () => {
    const text = shown(true, load);
    expect(text.split('\n')).toHaveLength(3);
    expect(text).toContain('\r  2.0 of 2.0 MiB (100 %)\u001b[K\ndone\n');
    expect(text.split('\r').length).toBeLessThan(20);
  });

  it('is a line for every tenth in a log', () => {
    const text = shown(false, load);
    expect(text).not.toContain('\r');
    expect(text.split('\n').length).toBeLessThanOrEqual(13);
    expect(text).toContain('  1.0 of 2.0 MiB (50 %)\n');
  });
});
