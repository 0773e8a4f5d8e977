/** The part of `models/backbones`'s public front that loads TensorFlow.js. */
export { mobilenetV2 } from './architectures/mobilenetV2';
export { backboneGraph } from './exportBackbone';
