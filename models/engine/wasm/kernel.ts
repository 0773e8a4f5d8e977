import {
  getKernel,
  registerKernel,
  unregisterKernel,
  type DataType,
  type KernelBackend,
  type TensorInfo,
} from '@tensorflow/tfjs-core';

/** What kernels need of tfjs's wasm backend: tensors that lie in the module's memory. */
export interface WasmBackend extends KernelBackend {
  /** A new tensor of undefined values. Growing the memory invalidates views taken before. */
  makeOutput(shape: number[], dtype: DataType): TensorInfo;
  /** A tensor's values where they lie. */
  typedArrayFromHeap(tensor: TensorInfo): Float32Array;
}

/** A kernel as we write it: attributes are what the TensorFlow.js operation of this name passes. */
export type Kernel<Input extends string, Attributes> = (
  inputs: Record<Input, TensorInfo>,
  attributes: Attributes,
  backend: WasmBackend,
) => TensorInfo;

/** A kernel of the backend, to be run on tensors directly, without the tape. The caller frees the result. */
type Runner = (
  backend: WasmBackend,
  inputs: Record<string, TensorInfo>,
  attributes?: Record<string, unknown>,
) => TensorInfo;

/** The kernel that is registered under a name now: what takes its place later may still call it. */
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

/** The same values under another shape, without a copy; freeing one frees both. */
export const reshaped = (tensor: TensorInfo, shape: number[]): TensorInfo => ({ ...tensor, shape });

/** Frees intermediate tensors. */
export function release(backend: WasmBackend, ...tensors: readonly TensorInfo[]): void {
  for (const { dataId } of tensors) backend.disposeData(dataId);
}

/**
 * Registers a kernel with the wasm backend in place of the one that was there, if any. The set-up
 * of the one before still runs: ours may call it.
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
