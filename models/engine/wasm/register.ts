import { depthwiseFilterGradient, depthwiseInputGradient } from './depthwiseGradients';
import { filterGradient, inputGradient } from './convolutionGradients';
import { setKernel } from './kernel';
import { matMulKernel } from './matMul';
import { maxPoolGradient } from './poolingGradient';
import { transposeKernel } from './transpose';

let registered = false;

/**
 * Adds the missing gradients to tfjs's wasm backend, and replaces its kernels that are slow in
 * training. Load the package first.
 */
export function registerWasmKernels(): void {
  if (registered) return;
  registered = true;
  setKernel('Transpose', transposeKernel());
  setKernel('BatchMatMul', matMulKernel());
  setKernel('MaxPoolGrad', maxPoolGradient);
  setKernel('Conv2DBackpropFilter', filterGradient);
  setKernel('Conv2DBackpropInput', inputGradient);
  setKernel('DepthwiseConv2dNativeBackpropFilter', depthwiseFilterGradient);
  setKernel('DepthwiseConv2dNativeBackpropInput', depthwiseInputGradient);
}
