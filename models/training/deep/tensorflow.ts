/** The public exports of `models/training/deep` that load TensorFlow.js. */
export { alexnet } from './network/alexnet';
export { fineTune } from './network/fineTune';
export { trainDeep } from './run/trainDeep';
