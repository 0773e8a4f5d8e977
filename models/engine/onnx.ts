import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { InferenceSession, Tensor, env, listSupportedBackends } from 'onnxruntime-node';
import { ModelInputError } from '../errors';
import { writeOnnxModel } from '../onnx/model';
import { onnxProviders, type OnnxProvider } from './names';
import { probeEngine, tinyProduct, type EngineProbe } from './probe';
import { hasGraphicsDevice, webgpuAdapter } from './webgpu';

const advice: Readonly<Record<string, string>> = {
  cpu: 'reinstall onnxruntime-node (npm ci)',
  webgpu: 'needs a GPU with a Vulkan, Metal or Direct3D 12 driver; the CPU serves instead',
  cuda:
    'needs an NVIDIA GPU, its driver and the CUDA libraries, which ' +
    '`npm rebuild onnxruntime-node --ignore-scripts=false` downloads; the CPU serves instead',
  tensorrt: 'optional; needs NVIDIA TensorRT beside the CUDA libraries',
};

async function multiply(provider: string): Promise<Float32Array> {
  const value = (name: string) => ({ name, type: 'float32' as const, shape: [2, 2] });
  const model = writeOnnxModel({
    name: 'probe',
    inputs: [value('a'), value('b')],
    outputs: [value('c')],
    nodes: [{ operator: 'MatMul', inputs: ['a', 'b'], outputs: ['c'] }],
  });
  const session = await InferenceSession.create(model, {
    executionProviders: [provider],
    logSeverityLevel: 4,
  });
  try {
    const { c } = await session.run({
      a: new Tensor('float32', [...tinyProduct.left], [2, 2]),
      b: new Tensor('float32', [...tinyProduct.right], [2, 2]),
    });
    return Float32Array.from((await c?.getData()) as Float32Array);
  } finally {
    await session.release();
  }
}

/**
 * Tries each ONNX Runtime provider that the installed package lists, and `cuda`, with a real matrix
 * product. Never throws: the result says what is missing and what to do about it.
 */
export async function probeOnnxProviders(): Promise<EngineProbe[]> {
  env.logLevel = 'fatal'; // A provider that is not there is an answer here, not an error to print.
  const listed = listSupportedBackends().map(({ name }) => name);
  const probes: EngineProbe[] = [];
  for (const name of new Set(['cpu', ...listed, 'cuda']))
    probes.push(await probeEngine(name, advice[name] ?? 'see ONNX Runtime', () => multiply(name)));
  return probes;
}

/** The chosen provider, which runs here. */
export interface OnnxEngine {
  name: OnnxProvider;
  /** For a session: the chosen provider, and the CPU for operators that it lacks. */
  providers: readonly OnnxProvider[];
  /** Preferred providers that were not chosen, with the reason. */
  passedOver: readonly EngineProbe[];
}

/** Whether the package's CUDA libraries were downloaded. */
function hasCudaLibraries(): boolean {
  const bin = join(
    dirname(createRequire(__filename).resolve('onnxruntime-node/package.json')),
    'bin',
  );
  const library =
    process.platform === 'win32'
      ? 'onnxruntime_providers_cuda.dll'
      : 'libonnxruntime_providers_cuda.so';
  return readdirSync(bin).some((version) =>
    existsSync(join(bin, version, process.platform, process.arch, library)),
  );
}

async function probeProvider(name: OnnxProvider, automatic: boolean): Promise<EngineProbe> {
  // ONNX Runtime prints its own error about missing libraries, which is noise in automatic mode.
  if (name === 'cuda' && automatic && !hasCudaLibraries())
    return { name, available: false, detail: `its libraries are not installed: ${advice[name]}` };
  if (name === 'webgpu' && automatic && !hasGraphicsDevice())
    return { name, available: false, detail: `no graphics device: ${advice[name]}` };
  if (name === 'webgpu' && automatic) {
    const adapter = await webgpuAdapter();
    const detail = adapter ? `${adapter.name} is a software driver` : 'no graphics adapter';
    if (!adapter || adapter.software) return { name, available: false, detail };
  }
  return probeEngine(name, advice[name] ?? 'see ONNX Runtime', () => multiply(name));
}

/**
 * Chooses the ONNX Runtime provider for backbones. `auto` takes the first of `onnxProviders` that
 * multiplies correctly here, and never a software graphics driver.
 *
 * @throws ModelInputError `ENGINE` if the requested provider does not run here
 */
export async function chooseOnnxProvider(
  provider: OnnxProvider | 'auto' = 'auto',
): Promise<OnnxEngine> {
  env.logLevel = 'fatal';
  const automatic = provider === 'auto';
  const passedOver: EngineProbe[] = [];
  for (const name of automatic ? onnxProviders : [provider]) {
    const probe = await probeProvider(name, automatic);
    if (probe.available)
      return { name, providers: name === 'cpu' ? ['cpu'] : [name, 'cpu'], passedOver };
    passedOver.push(probe);
  }
  const reasons = passedOver.map(({ name, detail }) => `${name}: ${detail}`).join('; ');
  throw new ModelInputError('ENGINE', `ONNX Runtime cannot compute here. ${reasons}`);
}
