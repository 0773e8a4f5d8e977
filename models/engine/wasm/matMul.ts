import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { kernelOf, release, type Kernel, type WasmBackend } from './kernel';
import { exchangeLastTwo } from './transpose';

interface MatMulAttributes {
  transposeA: boolean;
  transposeB: boolean;
}

const matrixSize = ({ shape }: TensorInfo): number => util.sizeFromShape(shape.slice(-2));

/**
 * A `BatchMatMul` that transposes its operands first. XNNPACK multiplies only untransposed ones,
 * and tfjs falls back to a plain loop, thirty times as slow. With A·Bᵀ = (B·Aᵀ)ᵀ and Aᵀ·B = (Bᵀ·A)ᵀ
 * the smaller matrices are transposed, so the weights of a dense layer stay in place.
 */
export function matMulKernel(): Kernel<'a' | 'b', MatMulAttributes> {
  const original = kernelOf('BatchMatMul');
  const multiply = (a: TensorInfo, b: TensorInfo, backend: WasmBackend) =>
    original(backend, { a, b }, { transposeA: false, transposeB: false });

  const withTransposed = (left: boolean, a: TensorInfo, b: TensorInfo, backend: WasmBackend) => {
    const turned = exchangeLastTwo(left ? a : b, backend);
    const product = left ? multiply(turned, b, backend) : multiply(a, turned, backend);
    release(backend, turned);
    return product;
  };

  return ({ a, b }, { transposeA, transposeB }, backend) => {
    if (!transposeA && !transposeB) return multiply(a, b, backend);
    if (transposeA && transposeB) {
      const swapped = multiply(b, a, backend);
      const product = exchangeLastTwo(swapped, backend);
      release(backend, swapped);
      return product;
    }
    const [turned, other] = transposeA ? [a, b] : [b, a];
    const sameBatch = a.shape.slice(0, -2).join() === b.shape.slice(0, -2).join();
    const outputSize = transposeA
      ? a.shape.at(-1)! * b.shape.at(-1)!
      : a.shape.at(-2)! * b.shape.at(-2)!;
    if (!sameBatch || matrixSize(turned) <= matrixSize(other) + outputSize)
      return withTransposed(transposeA, a, b, backend);
    const swapped = withTransposed(transposeA, b, a, backend);
    const product = exchangeLastTwo(swapped, backend);
    release(backend, swapped);
    return product;
  };
}
