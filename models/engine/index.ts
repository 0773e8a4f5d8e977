/**
 * The public front of `models/engine`. Code outside `models/` imports this file, or `tensorflow.ts`
 * for what loads TensorFlow.js.
 */
export { onnxProviders, tfjsBackends, type OnnxProvider, type TfjsBackend } from './names';
export { chooseOnnxProvider, probeOnnxProviders } from './onnx';
export type { EngineProbe } from './probe';
