import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { engine, env, getBackend, matMul, setBackend, tensor2d } from '@tensorflow/tfjs-core';
import { probeEngine, tinyProduct, type EngineProbe } from './probe';

const load = createRequire(__filename);

const advice = {
  tensorflow:
    'optional; needs Linux with an NVIDIA GPU, and the network when @tensorflow/tfjs-node-gpu ' +
    'is installed (npm install)',
  webgpu:
    'optional; needs the packages webgpu and @tensorflow/tfjs-backend-webgpu, and a GPU with a ' +
    'Vulkan, Metal or Direct3D 12 driver',
  wasm: 'reinstall @tensorflow/tfjs-backend-wasm (npm ci)',
  cpu: 'reinstall @tensorflow/tfjs-backend-cpu (npm ci)',
};

/** tfjs-node 4.22 calls two functions that Node 23 removed from `util`. */
function restoreUtil(): void {
  const target = load('node:util') as Record<string, unknown>;
  target['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
  target['isArray'] ??= (value: unknown) => Array.isArray(value);
}

/** Puts Dawn where a browser has it, then loads the backend: its entry for Node is an empty stub. */
function loadWebgpu(): void {
  const dawn = load('webgpu') as { create(flags: string[]): GPU; globals: object };
  Object.assign(globalThis, dawn.globals);
  const gpu = dawn.create([]);
  Object.defineProperty(globalThis, 'navigator', {
    value: { ...globalThis.navigator, gpu },
    configurable: true,
    writable: true,
  });
  const entry = load.resolve('@tensorflow/tfjs-backend-webgpu/package.json');
  load(join(dirname(entry), 'dist', 'tf-backend-webgpu.js'));
}

const loaders: Readonly<Record<keyof typeof advice, () => void>> = {
  tensorflow: () => {
    restoreUtil();
    load('@tensorflow/tfjs-node-gpu');
  },
  webgpu: loadWebgpu,
  wasm: () => void load('@tensorflow/tfjs-backend-wasm'),
  cpu: () => void load('@tensorflow/tfjs-backend-cpu'),
};

async function multiply(name: keyof typeof advice): Promise<ArrayLike<number>> {
  loaders[name]();
  if (!(await setBackend(name))) throw new Error(`TensorFlow.js cannot start ${name}`);
  const left = tensor2d([...tinyProduct.left], [2, 2]);
  const right = tensor2d([...tinyProduct.right], [2, 2]);
  const product = matMul(left, right);
  try {
    return await product.data();
  } finally {
    for (const tensor of [left, right, product]) tensor.dispose();
  }
}

/**
 * Tries each TensorFlow.js backend, the most wanted first, by a real matrix product. Never throws:
 * a package that is missing or a native library that does not load is told with what to do.
 */
export async function probeTfjsBackends(): Promise<EngineProbe[]> {
  const before = engine().backendName ? getBackend() : undefined;
  const quiet = env().getBool('PROD');
  env().set('PROD', true); // Keeps TensorFlow.js from advertising its Node package on stderr.
  const probes: EngineProbe[] = [];
  for (const name of Object.keys(advice) as (keyof typeof advice)[])
    probes.push(await probeEngine(name, advice[name], () => multiply(name)));
  env().set('PROD', quiet);
  if (before) await setBackend(before).catch(() => false);
  return probes;
}
