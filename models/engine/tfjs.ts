import { engine, env, getBackend, matMul, setBackend, tensor2d } from '@tensorflow/tfjs-core';
import { ModelInputError } from '../errors';
import { tfjsBackends, type TfjsBackend } from './names';
import { probeEngine, tinyProduct, type EngineProbe } from './probe';
import { startBackend, type StartedBackend } from './tfjsBackends';
import { hasGraphicsDevice } from './webgpu';

const advice: Readonly<Record<TfjsBackend, string>> = {
  tensorflow:
    'optional; needs Linux with an NVIDIA GPU, and the network when @tensorflow/tfjs-node-gpu ' +
    'is installed (npm install)',
  webgpu:
    'optional; needs the packages webgpu and @tensorflow/tfjs-backend-webgpu, and a GPU with a ' +
    'Vulkan, Metal or Direct3D 12 driver',
  wasm: 'needs its package: reinstall @tensorflow/tfjs-backend-wasm (npm ci)',
  cpu: 'needs its package: reinstall @tensorflow/tfjs-backend-cpu (npm ci)',
};

/** The chosen TensorFlow.js backend, which runs here. */
export interface TfjsEngine {
  name: TfjsBackend;
  /** Its device, for people. */
  device: string;
  /** Preferred backends that were not chosen, with the reason. */
  passedOver: readonly EngineProbe[];
}

export interface TfjsChoice {
  /** Default `auto`: the first of `tfjsBackends` that runs and is not a software graphics driver. */
  backend?: TfjsBackend | 'auto' | undefined;
  /** Threads of `wasm` at its first start. Default (and 0): one per core. */
  threads?: number | undefined;
}

interface Tried extends EngineProbe {
  started?: StartedBackend | undefined;
}

async function multiply(): Promise<ArrayLike<number>> {
  const left = tensor2d([...tinyProduct.left], [2, 2]);
  const right = tensor2d([...tinyProduct.right], [2, 2]);
  const product = matMul(left, right);
  try {
    return await product.data();
  } finally {
    for (const tensor of [left, right, product]) tensor.dispose();
  }
}

/** Starts a backend and computes a product on it. */
async function tryBackend(name: TfjsBackend, threads?: number): Promise<Tried> {
  const quiet = env().getBool('PROD');
  env().set('PROD', true); // Keeps TensorFlow.js from advertising its Node package on stderr.
  let started: StartedBackend | undefined;
  const probe = await probeEngine(name, advice[name], async () => {
    started = await startBackend(name, { threads });
    return multiply();
  });
  env().set('PROD', quiet);
  if (!probe.available || !started?.software) return { ...probe, started };
  return { ...probe, started, detail: `${probe.detail} on ${started.device}, a software driver` };
}

/**
 * Tries each TensorFlow.js backend, preferred first, with a real matrix product. Never throws: for
 * a missing package or a native library that does not load, the result says what to do.
 */
export async function probeTfjsBackends(): Promise<EngineProbe[]> {
  const before = engine().backendName ? getBackend() : undefined;
  const probes: EngineProbe[] = [];
  for (const name of tfjsBackends) {
    const { available, detail } = await tryBackend(name);
    probes.push({ name, available, detail });
  }
  if (before) await setBackend(before).catch(() => false);
  return probes;
}

/**
 * Chooses a TensorFlow.js backend and activates it for this process.
 *
 * @throws ModelInputError `ENGINE` if the requested backend (or, with `auto`, every backend) does
 *   not run here
 */
export async function openTfjs({
  backend = 'auto',
  threads,
}: TfjsChoice = {}): Promise<TfjsEngine> {
  const passedOver: EngineProbe[] = [];
  for (const name of backend === 'auto' ? tfjsBackends : [backend]) {
    if (name === 'webgpu' && backend === 'auto' && !hasGraphicsDevice()) {
      passedOver.push({ name, available: false, detail: `no graphics device: ${advice[name]}` });
      continue;
    }
    const { available, detail, started } = await tryBackend(name, threads);
    if (available && started && (backend !== 'auto' || !started.software))
      return { name, device: started.device, passedOver };
    passedOver.push({ name, available, detail });
  }
  const reasons = passedOver.map(({ name, detail }) => `${name}: ${detail}`).join('; ');
  throw new ModelInputError('ENGINE', `TensorFlow.js cannot compute here. ${reasons}`);
}
