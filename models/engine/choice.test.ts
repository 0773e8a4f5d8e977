/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import { getBackend, matMul, tensor2d } from '@tensorflow/tfjs-core';
import { chooseOnnxProvider } from './onnx';
import { openTfjs } from './tfjs';
import { findsLibrary, webgpuAdapter } from './webgpu';

describe('choosing an engine', () => {
  it('takes the first backend that runs and says why those before it were passed over', async () => {
    const { name, device, passedOver } = await openTfjs({ threads: 2 });
    expect(getBackend()).toBe(name);
    expect(device).not.toBe('');
    const order = ['tensorflow', 'webgpu', 'wasm', 'cpu'];
    expect(passedOver.map((probe) => probe.name)).toEqual(order.slice(0, order.indexOf(name)));
    for (const { detail } of passedOver) expect(detail).not.toBe('');
  });

  it('never takes a software driver unless it is asked for', async () => {
    const adapter = await webgpuAdapter();
    const [tfjs, onnx] = [await openTfjs(), await chooseOnnxProvider()];
    if (!adapter || adapter.software)
      for (const { name } of [tfjs, onnx]) expect(name).not.toBe('webgpu');
  });

  it('asks Dawn on Linux only where there is a Vulkan loader, and says so where there is none', async () => {
    if (process.platform !== 'linux') return;
    expect(findsLibrary('libc.so.6')).toBe(true);
    expect(findsLibrary('libof-no-machine.so.1')).toBe(false);
    if (findsLibrary('libvulkan.so.1')) return;
    expect(await webgpuAdapter()).toBeUndefined();
    const refusal = expect.stringContaining('libvulkan.so.1') as string;
    await expect(openTfjs({ backend: 'webgpu' })).rejects.toMatchObject({ message: refusal });
  });

  it('takes the backend it is told to', async () => {
    expect(await openTfjs({ backend: 'cpu' })).toMatchObject({ name: 'cpu', passedOver: [] });
    expect(getBackend()).toBe('cpu');
    expect((await openTfjs({ backend: 'wasm' })).name).toBe('wasm');
    expect(getBackend()).toBe('wasm');
  });

  it('gives wasm the threads that it is asked for', async () => {
    const { device } = await openTfjs({ backend: 'wasm', threads: 2 });
    expect(device).toBe('CPU, SIMD, threads: 2');
    const ones = tensor2d(new Float32Array(300 * 300).fill(1), [300, 300]);
    const product = await matMul(ones, ones).data();
    expect(product.every((value) => value === 300)).toBe(true);
  });

  it('takes the ONNX Runtime provider it is told to, with the CPU for what it lacks', async () => {
    expect(await chooseOnnxProvider('cpu')).toEqual({
      name: 'cpu',
      providers: ['cpu'],
      passedOver: [],
    });
    const { name, providers, passedOver } = await chooseOnnxProvider();
    expect([providers[0], providers.at(-1)]).toEqual([name, 'cpu']);
    if (name !== 'cuda') expect(passedOver[0]).toMatchObject({ name: 'cuda', available: false });
  });

  it('refuses an engine that does not run here, with what to do about it', async () => {
    const { name } = await chooseOnnxProvider();
    if (name === 'cuda') return;
    await expect(chooseOnnxProvider('cuda')).rejects.toMatchObject({
      code: 'ENGINE',
      message: expect.stringContaining('cuda: ') as string,
    });
  });
});
