/** The part of `models/testing`'s public front that loads TensorFlow.js. */
export { smallMobilenet } from './smallMobilenet';
