/** The public front of `models/quantise`. Code outside `models/` imports only this file. */
export { quantiseBackbone } from './quantiseBackbone';
