/**
 * ONNX Runtime session options by which its threads sleep when they wait for one another. They
 * spin otherwise, which gains little on an idle machine and, where others want the cores too,
 * halves the speed: the one that is waited for does not get to run.
 */
export const sleepingThreads = { session: { intra_op: { allow_spinning: '0' } } } as const;
