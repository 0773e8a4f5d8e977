/** SQL condition: the worker sent a heartbeat in the last 10 seconds. */
export const isLiveWorker = `seen_at > clock_timestamp() - interval '10 seconds'`;

/** SQL query: the ids of the live workers. What another worker claimed is free again. */
export const liveWorkers = `SELECT id FROM worker WHERE ${isLiveWorker}`;
