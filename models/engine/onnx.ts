import { InferenceSession, Tensor, env, listSupportedBackends } from 'onnxruntime-node';
import { writeOnnxModel } from '../onnx/model';
import { probeEngine, tinyProduct, type EngineProbe } from './probe';

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
 * Tries each ONNX Runtime provider that the installed package lists, and `cuda`, by a real matrix
 * product. Never throws; what is missing comes back with what to do about it.
 */
export async function probeOnnxProviders(): Promise<EngineProbe[]> {
  env.logLevel = 'fatal'; // A provider that is not there is an answer here, not an error to print.
  const listed = listSupportedBackends().map(({ name }) => name);
  const probes: EngineProbe[] = [];
  for (const name of new Set(['cpu', ...listed, 'cuda']))
    probes.push(await probeEngine(name, advice[name] ?? 'see ONNX Runtime', () => multiply(name)));
  return probes;
}
