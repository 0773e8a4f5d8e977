import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { backend, findBackendFactory, setBackend } from '@tensorflow/tfjs-core';
import type { TfjsBackend } from './names';
import { registerWasmKernels } from './wasm/register';
import { maxWasmThreads, registerThreadedWasm } from './wasm/threads';
import { dawn, webgpuAdapter } from './webgpu';

const load = createRequire(__filename);

/** A backend that runs. */
export interface StartedBackend {
  /** Its device, for people. */
  device: string;
  /** Whether it is a graphics driver that computes on the CPU. */
  software: boolean;
}

/** tfjs-node 4.22 calls two functions that Node 23 removed from `util`. */
function restoreUtil(): void {
  const target = load('node:util') as Record<string, unknown>;
  target['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
  target['isArray'] ??= (value: unknown) => Array.isArray(value);
}

async function start(name: TfjsBackend): Promise<void> {
  if (!(await setBackend(name))) throw new Error(`TensorFlow.js cannot start ${name}`);
}

async function startTensorflow(): Promise<StartedBackend> {
  restoreUtil();
  load('@tensorflow/tfjs-node-gpu');
  await start('tensorflow');
  const { isUsingGpuDevice } = backend() as unknown as { isUsingGpuDevice?: boolean };
  return { device: isUsingGpuDevice ? 'NVIDIA GPU' : 'CPU', software: false };
}

/** The package's entry for Node is an empty stub, so its bundle for browsers is loaded. */
async function startWebgpu(): Promise<StartedBackend> {
  dawn();
  const adapter = await webgpuAdapter();
  if (!adapter) throw new Error('no graphics adapter');
  const entry = load.resolve('@tensorflow/tfjs-backend-webgpu/package.json');
  load(join(dirname(entry), 'dist', 'tf-backend-webgpu.js'));
  await start('webgpu');
  return { device: adapter.name, software: adapter.software };
}

async function startWasm(threads = availableParallelism()): Promise<StartedBackend> {
  const count = Math.min(threads, maxWasmThreads);
  if (!findBackendFactory('wasm')) {
    load('@tensorflow/tfjs-backend-wasm');
    if (count > 1) registerThreadedWasm(count);
    registerWasmKernels();
  }
  await start('wasm');
  const { getThreadsCount } = load('@tensorflow/tfjs-backend-wasm') as {
    getThreadsCount: () => number;
  };
  return { device: `CPU, SIMD, threads: ${getThreadsCount()}`, software: false };
}

async function startCpu(): Promise<StartedBackend> {
  load('@tensorflow/tfjs-backend-cpu');
  await start('cpu');
  return { device: 'CPU, plain JavaScript', software: false };
}

/**
 * Loads a backend and activates it for TensorFlow.js in this process.
 *
 * @param threads for `wasm`, at most 8; default: one per core. Only its first start reads it.
 * @throws what its package or driver throws
 */
export function startBackend(
  name: TfjsBackend,
  { threads }: { threads?: number | undefined } = {},
): Promise<StartedBackend> {
  switch (name) {
    case 'tensorflow':
      return startTensorflow();
    case 'webgpu':
      return startWebgpu();
    case 'wasm':
      return startWasm(threads || undefined);
    case 'cpu':
      return startCpu();
  }
}
