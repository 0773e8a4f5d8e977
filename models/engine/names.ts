/** TensorFlow.js backends, preferred first. */
export const tfjsBackends = ['tensorflow', 'webgpu', 'wasm', 'cpu'] as const;
export type TfjsBackend = (typeof tfjsBackends)[number];

/** ONNX Runtime providers that serve backbones, preferred first. */
export const onnxProviders = ['cuda', 'webgpu', 'cpu'] as const;
export type OnnxProvider = (typeof onnxProviders)[number];
