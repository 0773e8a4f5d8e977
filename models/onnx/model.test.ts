/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { writeOnnxModel } from './model';
import { varint } from './protobuf';

describe('writing ONNX models', () => {
  it('writes a graph that ONNX Runtime runs, with constants, attributes and free sizes', async () => {
    const model = writeOnnxModel({
      name: 'affine',
      inputs: [{ name: 'x', type: 'float32', shape: ['n', 2] }],
      outputs: [{ name: 'y', type: 'float32', shape: ['n', 2] }],
      initializers: [{ name: 'w', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }],
      nodes: [
        {
          operator: 'Gemm',
          inputs: ['x', 'w'],
          outputs: ['xw'],
          attributes: { transB: 1, alpha: { float: 0.5 } },
        },
        { operator: 'Transpose', inputs: ['xw'], outputs: ['t'], attributes: { perm: [1, 0] } },
        { operator: 'Softmax', inputs: ['t'], outputs: ['s'], attributes: { axis: -1 } },
        { operator: 'Transpose', inputs: ['s'], outputs: ['s2'], attributes: { perm: [1, 0] } },
        { operator: 'Add', inputs: ['xw', 's2'], outputs: ['y'] },
      ],
    });
    const session = await InferenceSession.create(model);
    const { y } = await session.run({ x: new Tensor('float32', [2, 4], [1, 2]) });
    expect(Array.from(y?.data as Float32Array)).toEqual([6, 12]);
    await session.release();
  });

  it('refuses a constant whose shape does not hold its values', () => {
    const constant = { name: 'w', shape: [2, 2], data: new Float32Array(3) };
    expect(() =>
      writeOnnxModel({ name: 'g', inputs: [], outputs: [], nodes: [], initializers: [constant] }),
    ).toThrow('w: shape [2, 2] does not hold 3 values');
  });

  it('writes varints of more than 32 bits and refuses negative ones', () => {
    expect(Array.from(varint(300))).toEqual([172, 2]);
    expect(varint(2 ** 40)).toHaveLength(6);
    expect(() => varint(-1)).toThrow('non-negative');
  });
});
