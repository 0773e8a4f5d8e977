import { openTfjs } from '../../../engine/tfjs';
import { alexnet } from './alexnet';

beforeAll(() => openTfjs({ backend: 'wasm' }));

describe('AlexNet', () => {
  it('has the number of parameters of the article', async () => {
    const net = await alexnet().build(101, 1);
    const size = (weights: { shape: (number | null)[] }[]) =>
      weights.reduce((sum, { shape }) => sum + shape.reduce<number>((a, b) => a * b!, 1), 0);
    expect(net.model.inputs[0]!.shape).toEqual([null, 227, 227, 3]);
    expect(net.model.countParams()).toBe(25_138_373);
    expect(size(net.model.nonTrainableWeights)).toBe(19_124);
    expect(net.featureMap.shape).toEqual([null, 5, 5, 256]);
    expect(net.embedding.shape).toEqual([null, 4096]);
    net.dispose();
  });

  it('accepts smaller images down to the limit of the last pooling', () => {
    expect(() => alexnet({ inputSize: 194 })).toThrow('195');
    expect(alexnet({ inputSize: 195 }).inputSize).toBe(195);
  });
});
