/**
 * The public front of `models/testing`. Code outside `models/` imports this file, or `tensorflow.ts`
 * for what loads TensorFlow.js.
 */
export { denseTailNet } from './denseTailNet';
export { meanColour } from './meanColour';
export { smallConvNet } from './smallConvNet';
