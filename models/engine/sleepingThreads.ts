/**
 * ONNX Runtime session options that let its threads sleep while they wait for each other. By
 * default they spin. Spinning gains little on an idle machine, and halves the speed if other work
 * needs the cores, because the thread that the others wait for cannot run.
 */
export const sleepingThreads = { session: { intra_op: { allow_spinning: '0' } } } as const;
