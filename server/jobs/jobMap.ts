/** Every kind of job with its payload: only ids, because the data may have changed. */
export interface JobMap {
  /** Embeds the dataset's waiting images. */
  embed: { datasetId: string };
  /** Predicts embedded images that the current model has not predicted. */
  predict: { datasetId: string };
  /** Orders the queue again. */
  order: { datasetId: string };
  retrain: { runId: string };
  /** Trains a network in a child process, one at a time per worker. Heads are fitted meanwhile. */
  train: { runId: string };
  /** Computes the deleted predictions of a published run again. */
  restore: { runId: string };
  import: { importId: string };
  /** Deletes expired data, on a schedule. */
  maintain: Record<string, never>;
  /** Compares every stored consensus with the history of its image, on a schedule. */
  checkConsensus: Record<string, never>;
  /** Removes stored files that no row names, on a schedule. */
  sweepOrphans: Record<string, never>;
}
export type JobName = keyof JobMap;
export type JobHandlers = {
  [N in JobName]: (data: JobMap[N], signal: AbortSignal) => Promise<void>;
};

interface JobSettings {
  /** A job that runs longer counts as dead and is retried. */
  expireInMinutes: number;
  retryLimit: number;
}

/** Jobs can be repeated, so most are retried. */
export const jobSettings: Record<JobName, JobSettings> = {
  embed: { expireInMinutes: 30, retryLimit: 5 },
  predict: { expireInMinutes: 30, retryLimit: 5 },
  order: { expireInMinutes: 30, retryLimit: 2 },
  retrain: { expireInMinutes: 60, retryLimit: 0 },
  // The maximum that the queue allows. A longer training continues, as its run's row says.
  train: { expireInMinutes: 24 * 60 - 1, retryLimit: 0 },
  restore: { expireInMinutes: 60, retryLimit: 2 },
  import: { expireInMinutes: 720, retryLimit: 0 },
  maintain: { expireInMinutes: 10, retryLimit: 0 },
  checkConsensus: { expireInMinutes: 240, retryLimit: 0 },
  sweepOrphans: { expireInMinutes: 240, retryLimit: 0 },
};

/** Kinds of jobs that nobody sends, with the minutes and hours at which they run (cron, UTC). */
export const jobSchedule = {
  maintain: '* * * * *',
  checkConsensus: '20 3 * * *',
  sweepOrphans: '50 3 * * *',
} as const satisfies { [N in JobName]?: string };
export type ScheduledJob = keyof typeof jobSchedule;

export const jobNames = Object.keys(jobSettings) as JobName[];
