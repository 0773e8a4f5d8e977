import type { DeathGuard } from './deathGuard';
import type { JobHandlers, JobMap, JobName, ScheduledJob } from './jobMap';

/** How each kind of job is given up. Kinds that are left out take care of themselves. */
export type GiveUps = { [N in JobName]?: (data: JobMap[N]) => Promise<void> };

/** Jobs for a dataset come again and again. */
const repeated: ReadonlySet<JobName> = new Set(['predict', 'order'] as const);

type Handler<T> = (data: T, signal: AbortSignal) => Promise<void>;
type Guarded = Omit<JobHandlers, ScheduledJob>;

/** Gives up a job that ended its worker twice, instead of taking it up again. */
export function guardJobs(handlers: Guarded, guard: DeathGuard, giveUps: GiveUps): Guarded {
  const guardOne = <N extends keyof Guarded>(name: N): JobHandlers[N] => {
    const giveUp = giveUps[name];
    const handle: JobHandlers[N] & Handler<JobMap[N]> = handlers[name];
    if (!giveUp) return handle;
    const guarded = async (data: JobMap[N], signal: AbortSignal) => {
      await guard.run(name, String(Object.values(data)[0] ?? ''), {
        work: () => handle(data, signal),
        giveUp: () => giveUp(data),
        isRepeated: repeated.has(name),
      });
    };
    return guarded as JobHandlers[N];
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
