/** The part of `models/training/deep`'s public front that loads TensorFlow.js. */
export { alexnet } from './network/alexnet';
export { fineTune } from './network/fineTune';
export { trainDeep } from './run/trainDeep';
