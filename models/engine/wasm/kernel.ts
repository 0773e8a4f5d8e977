import {
  getKernel,
  registerKernel,
  unregisterKernel,
  type DataType,
  type KernelBackend,
  type TensorInfo,
} from '@tensorflow/tfjs-core';

/** The part of tfjs's wasm backend that kernels need: tensors in the module's memory. */
export interface WasmBackend extends KernelBackend {
  /** Creates a tensor of undefined values. If the memory grows, earlier views become invalid. */
  makeOutput(shape: number[], dtype: DataType): TensorInfo;
  /** Returns a view of a tensor's values. */
  typedArrayFromHeap(tensor: TensorInfo): Float32Array;
}

/**
 * A kernel as we write it. Its attributes are those of the TensorFlow.js operation of this name.
 */
export type Kernel<Input extends string, Attributes> = (
  inputs: Record<Input, TensorInfo>,
  attributes: Attributes,
  backend: WasmBackend,
) => TensorInfo;

/**
 * A kernel of the backend that runs on tensors directly, without the tape. The caller frees the
 * result.
 */
type Runner = (
  backend: WasmBackend,
  inputs: Record<string, TensorInfo>,
  attributes?: Record<string, unknown>,
) => TensorInfo;

/** Returns the kernel that is registered under a name now. Its replacement may still call it. */
export function kernelOf(name: string): Runner {
  const kernel = getKernel(name, 'wasm');
  if (!kernel) throw new Error(`tfjs-backend-wasm has no kernel ${name}`);
  return (backend, inputs, attributes = {}) => {
    const attrs = attributes as NonNullable<Parameters<typeof kernel.kernelFunc>[0]['attrs']>;
    return kernel.kernelFunc({ inputs, attrs, backend }) as TensorInfo;
  };
}

/** Runs the kernel that is registered under a name. */
export const runKernel = (name: string, ...call: Parameters<Runner>): TensorInfo =>
  kernelOf(name)(...call);

/** Views the same values under another shape, without a copy. Freeing one frees both. */
export const reshaped = (tensor: TensorInfo, shape: number[]): TensorInfo => ({ ...tensor, shape });

/** Frees intermediate tensors. */
export function release(backend: WasmBackend, ...tensors: readonly TensorInfo[]): void {
  for (const { dataId } of tensors) backend.disposeData(dataId);
}

/**
 * Registers a kernel with the wasm backend in place of an existing one. The set-up of the existing
 * kernel still runs, because ours may call it.
 */
export function setKernel<Input extends string, Attributes>(
  kernelName: string,
  kernel: Kernel<Input, Attributes>,
): void {
  const before = getKernel(kernelName, 'wasm');
  if (before) unregisterKernel(kernelName, 'wasm');
  registerKernel({
    ...before,
    kernelName,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) =>
      kernel(inputs as Record<Input, TensorInfo>, attrs as Attributes, backend as WasmBackend),
  });
}
