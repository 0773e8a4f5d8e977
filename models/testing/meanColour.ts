import { writeOnnxModel } from '../onnx/model';

/** A backbone for tests, as ONNX bytes: the embedding of an image is the mean of each colour. */
export const meanColour = (size = 8, channels = 3) =>
  writeOnnxModel({
    name: 'mean-colour',
    inputs: [{ name: 'input', type: 'float32', shape: ['N', size, size, channels] }],
    outputs: [{ name: 'embedding', type: 'float32', shape: ['N', channels] }],
    nodes: [
      {
        operator: 'ReduceMean',
        inputs: ['input'],
        outputs: ['embedding'],
        attributes: { axes: [1, 2], keepdims: 0 },
      },
    ],
  });
