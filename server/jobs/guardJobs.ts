import type { Logger } from 'pino';
import type { JobHandlers, JobMap, JobName } from './jobMap';
import type { WorkerDeathsRepository } from './workerDeaths.repository';

/** Work that ended so many workers is given up, because the next worker would die with it too. */
export const maxDeaths = 2;

/** Says why work was given up, and what people can do. @param next what to do with this work */
export const deathReason = (work: string, next: string): string =>
  `The worker process ended ${maxDeaths} times while it worked on ${work}, so it was given up. ` +
  `The server’s log says why; often there was too little memory. ${next}`;

/** How each kind of job is given up. Kinds that are left out take care of themselves. */
export type GiveUps = { [N in JobName]?: (data: JobMap[N]) => Promise<void> };

interface Guard {
  deaths: WorkerDeathsRepository;
  giveUps: GiveUps;
  logger: Logger;
}

/** Jobs for a dataset come again and again, so a good one makes up for the deaths before. */
const isRepeated: ReadonlySet<JobName> = new Set(['predict', 'order'] as const);

function guarded<N extends JobName>(
  name: N,
  handle: JobHandlers[N],
  giveUp: (data: JobMap[N]) => Promise<void>,
  { deaths, logger }: Guard,
): (data: JobMap[N], signal: AbortSignal) => Promise<void> {
  return async (data, signal) => {
    const key = String(Object.values(data)[0] ?? '');
    const count = await deaths.begin(name, key);
    try {
      if (count < maxDeaths) {
        await handle(data, signal);
        // A run may have been left to another worker. Its deaths are forgotten when it is given up.
        if (count > 0 && isRepeated.has(name)) await deaths.forget(name, key);
        return;
      }
      logger.error({ job: name, data, deaths: count }, 'job given up: it ended its workers');
      await giveUp(data);
      await deaths.forget(name, key);
    } finally {
      // Without a database it stays written down, and is struck out when this worker ends.
      await deaths.end(name, key).catch(() => {});
    }
  };
}

type Guarded = Omit<JobHandlers, 'maintain'>;

/** Gives up a job that ended its worker twice, instead of taking it up again. */
export function guardJobs(handlers: Guarded, guard: Guard): Guarded {
  const { giveUps } = guard;
  const guardOne = <N extends keyof Guarded>(name: N): JobHandlers[N] => {
    const giveUp = giveUps[name] as ((data: JobMap[N]) => Promise<void>) | undefined;
    const handle = handlers[name] as JobHandlers[N];
    return giveUp ? (guarded(name, handle, giveUp, guard) as JobHandlers[N]) : handle;
  };
  return {
    embed: guardOne('embed'),
    predict: guardOne('predict'),
    order: guardOne('order'),
    retrain: guardOne('retrain'),
    train: guardOne('train'),
    restore: guardOne('restore'),
    import: guardOne('import'),
  };
}
