/** Every kind of machine work and what it carries: ids only, for what it finds may have changed. */
export interface JobMap {
  /** Embeds the dataset's images that wait for it. */
  embed: { datasetId: string };
  /** Predicts the embedded images that the current model has not seen. */
  predict: { datasetId: string };
  /** Orders the queue afresh with what is known now. */
  order: { datasetId: string };
  retrain: { runId: string };
  /** Trains a network in a process of its own: one at a time per worker, heads are fitted meanwhile. */
  train: { runId: string };
  /** Makes the dropped predictions of a published run anew. */
  restore: { runId: string };
  import: { importId: string };
  /** Prunes what has expired; by the clock. */
  maintain: Record<string, never>;
}
export type JobName = keyof JobMap;
export type JobHandlers = {
  [N in JobName]: (data: JobMap[N], signal: AbortSignal) => Promise<void>;
};

interface JobSettings {
  /** A job that runs longer is taken for dead and tried again. */
  expireInMinutes: number;
  retryLimit: number;
}

/** Jobs repeat safely, so most are simply tried again. */
export const jobSettings: Record<JobName, JobSettings> = {
  embed: { expireInMinutes: 30, retryLimit: 5 },
  predict: { expireInMinutes: 30, retryLimit: 5 },
  order: { expireInMinutes: 30, retryLimit: 2 },
  retrain: { expireInMinutes: 60, retryLimit: 0 },
  // The most that the queue allows; a training that takes longer goes on, its run's row says so.
  train: { expireInMinutes: 24 * 60 - 1, retryLimit: 0 },
  restore: { expireInMinutes: 60, retryLimit: 2 },
  import: { expireInMinutes: 720, retryLimit: 0 },
  maintain: { expireInMinutes: 10, retryLimit: 0 },
};

export const jobNames = Object.keys(jobSettings) as JobName[];
