import { env, setBackend } from '@tensorflow/tfjs-core';
import { mobilenetV2 } from '../backbones/architectures/mobilenetV2';
import { backboneGraph } from '../backbones/exportBackbone';
import { writeOnnxModel } from '../onnx/model';
import { randomiseWeights } from './layersModels';

/**
 * Returns MobileNetV2 over 32 × 32 pixels with random weights, as ONNX bytes. It can be fine-tuned
 * in seconds.
 */
export async function smallMobilenet(): Promise<Uint8Array> {
  await import('@tensorflow/tfjs-backend-cpu');
  // Stops TensorFlow.js from advertising its Node package.
  env().set('PROD', true);
  await setBackend('cpu');
  const model = mobilenetV2.build({ inputSize: 32 });
  try {
    randomiseWeights(model);
    const about = { architecture: mobilenetV2.id, name: 'Small MobileNet' };
    return writeOnnxModel(await backboneGraph(model, about));
  } finally {
    model.dispose();
  }
}
