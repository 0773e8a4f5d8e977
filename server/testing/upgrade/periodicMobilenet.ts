import { env, setBackend, tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { mobilenetV2, backboneGraph } from '../../../models/backbones/tensorflow';
import { writeOnnxModel } from '../../../models/onnx';

const period = 251;

/** Weights that repeat, so that 14 MB of them compress to a few kilobytes. */
function setPeriodicWeights(model: LayersModel): void {
  for (const layer of model.layers) {
    const values = layer.weights.map(({ shape, name }) => {
      const sizes = shape as number[];
      const length = sizes.reduce((product, size) => product * size, 1);
      if (/variance|gamma/.test(name)) return tensor(new Float32Array(length).fill(1), sizes);
      const inputs = name.includes('depthwise') ? 9 : length / (sizes.at(-1) ?? 1);
      const reach = sizes.length === 1 ? 0.2 : Math.sqrt(3 / inputs);
      const value = (at: number) => reach * (((at * at + 7 * at) % period) / (period / 2) - 1);
      return tensor(
        Float32Array.from({ length }, (_, at) => value(at % (period * 8))),
        sizes,
      );
    });
    layer.setWeights(values);
    for (const value of values) value.dispose();
  }
}

/** MobileNetV2 over 32 × 32 pixels, as ONNX bytes: a backbone that fine-tunes in seconds. */
export async function periodicMobilenet(): Promise<Uint8Array> {
  await import('@tensorflow/tfjs-backend-cpu');
  // Keeps TensorFlow.js from advertising its Node package.
  env().set('PROD', true);
  await setBackend('cpu');
  const model = mobilenetV2.build({ inputSize: 32 });
  try {
    setPeriodicWeights(model);
    const description = { architecture: mobilenetV2.id, name: 'Periodic MobileNet' };
    return writeOnnxModel(await backboneGraph(model, description));
  } finally {
    model.dispose();
  }
}
