import { input, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { openTfjs } from '../../../engine/tfjs';
import { initialise } from './initialise';

beforeAll(() => openTfjs({ backend: 'cpu' }));

async function kernelOf(seed: number, name: string) {
  const image = input({ shape: [8, 8, 3] });
  const layer = layers.conv2d({ filters: 40, kernelSize: 3, kernelInitializer: 'zeros', name });
  const net = model({ inputs: image, outputs: layer.apply(image) as SymbolicTensor });
  initialise(net.layers, seed);
  const [kernel, bias] = layer.getWeights();
  const values = {
    kernel: await kernel!.data<'float32'>(),
    bias: await bias!.data<'float32'>(),
  };
  net.dispose();
  return values;
}

describe('initial weights', () => {
  it("fill kernels within Glorot's limit, and leave biases at zero", async () => {
    const { kernel, bias } = await kernelOf(1, 'a');
    const limit = Math.sqrt(6 / (9 * 3 + 9 * 40));
    const largest = kernel.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    expect(largest).toBeLessThanOrEqual(limit);
    expect(largest).toBeGreaterThan(0.95 * limit);
    const mean = kernel.reduce((sum, value) => sum + value, 0) / kernel.length;
    expect(Math.abs(mean)).toBeLessThan(limit / 10);
    expect(bias.every((value) => value === 0)).toBe(true);
  });

  it('depend on the seed and on the layer name', async () => {
    const { kernel } = await kernelOf(1, 'b');
    expect((await kernelOf(1, 'b')).kernel).toEqual(kernel);
    expect((await kernelOf(2, 'b')).kernel).not.toEqual(kernel);
    expect((await kernelOf(1, 'c')).kernel).not.toEqual(kernel);
  });
});
