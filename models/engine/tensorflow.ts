/** The part of `models/engine`'s public front that loads TensorFlow.js. */
export { openTfjs, probeTfjsBackends } from './tfjs';
