/** Limits of the options of a run that trains a network. Client and server check them. */
export const deepLimits = {
  maxEpochs: 500,
  maxBatchSize: 512,
  minLearningRate: 1e-6,
  maxLearningRate: 1,
  maxRotationDegrees: 180,
  maxZoom: 0.9,
  /** Old images per new one. */
  maxReplayRatio: 100,
  maxPerturb: 1,
} as const;
