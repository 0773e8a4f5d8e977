/**
 * The public front of `models/backbones`. Code outside `models/` imports this file, or `tensorflow.ts`
 * for what loads TensorFlow.js.
 */
export { decodePixels } from './decode';
export { ContractCache } from './contractCache';
export type { FeatureMap } from './featureMap';
export { backboneFolders, cacheFolder } from './folders';
export { openInference } from './inference';
export { embedImages, type ImageSource, type ImageStream } from './pipeline';
export type { Backbone } from './backbone';
export type { BackboneContract } from './contract';
export { describeBackbone, examineBackbone, findBackbones, type ExaminedFile } from './registry';
export { openBackbone, type BackboneSession } from './session';
