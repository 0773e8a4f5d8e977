/** The public front of `models/explain`. Code outside `models/` imports only this file. */
export { classMap, heatOf, isMeanPooled, logitGradient } from './gradCam';
