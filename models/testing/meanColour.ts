import { writeOnnxModel } from '../onnx/model';

/** A backbone for tests, as ONNX bytes: the embedding of an image is the mean of each colour. */
export const meanColour = (channels = 3, size = 8) =>
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
