/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import { probeOnnxProviders } from './onnx';
import { probeEngine, tinyProduct } from './probe';
import { probeTfjsBackends } from './tfjs';

describe('probing the engines', () => {
  it('finds the CPU in both engines, by a product that it ran', async () => {
    for (const probes of [await probeOnnxProviders(), await probeTfjsBackends()])
      expect(probes).toContainEqual({
        name: 'cpu',
        available: true,
        detail: 'ran a matrix product',
      });
  });

  it('lists the backends in the order of preference and says what to do about a missing one', async () => {
    const probes = await probeTfjsBackends();
    expect(probes.map(({ name }) => name)).toEqual(['tensorflow', 'webgpu', 'wasm', 'cpu']);
    for (const { available, detail } of probes) if (!available) expect(detail).toMatch(/: .*needs/);
  });

  it('reports an engine that throws or multiplies wrongly, and never throws itself', async () => {
    const broken = await probeEngine('broken', 'repair it', () =>
      Promise.reject(new Error('no file')),
    );
    expect(broken).toEqual({ name: 'broken', available: false, detail: 'no file: repair it' });
    const thrower = () => {
      throw new Error('at once');
    };
    expect((await probeEngine('thrower', 'repair it', thrower)).available).toBe(false);
    const wrong = await probeEngine('wrong', '', () => Promise.resolve([1, 2, 3, 4]));
    expect(wrong.detail).toContain('wrong products');
    const right = await probeEngine('right', '', () => Promise.resolve(tinyProduct.product));
    expect(right.available).toBe(true);
  });
});
