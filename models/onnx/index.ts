/** The public front of `models/onnx`. Code outside `models/` imports only this file. */
export { writeOnnxModel } from './model';
export { readOnnxModel } from './read';
