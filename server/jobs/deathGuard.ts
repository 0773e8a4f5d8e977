import type { Logger } from 'pino';
import type { WorkerDeathsRepository } from './workerDeaths.repository';

/** Work that ended this many workers is given up, because the next worker would die of it too. */
export const maxDeaths = 2;

/** Says why work was given up, and what people can do. @param next what to do with this work */
export const deathReason = (work: string, next: string): string =>
  `The worker process ended ${maxDeaths} times while it worked on ${work}, so it was given up. ` +
  `The server’s log says why; often there was too little memory. ${next}`;

/** A piece of work that can end its worker. */
export interface GuardedWork<T> {
  work: () => Promise<T>;
  giveUp: () => Promise<void>;
  /** The same work comes again and again, so a good one makes up for the deaths before. */
  isRepeated?: boolean;
}

/** Gives up work that ended its workers, instead of taking it up again. */
export class DeathGuard {
  constructor(
    private readonly deaths: WorkerDeathsRepository,
    private readonly logger: Logger,
  ) {}

  /** @returns what the work returned, or true when it was given up */
  async run<T>(kind: string, key: string, guarded: GuardedWork<T>): Promise<T | true> {
    const { deaths, logger } = this;
    const count = await deaths.begin(kind, key);
    try {
      if (count < maxDeaths) {
        const result = await guarded.work();
        // A run may have been left to another worker. Its deaths are forgotten when it is given up.
        if (count > 0 && guarded.isRepeated) await deaths.forget(kind, key);
        return result;
      }
      logger.error({ kind, key, deaths: count }, 'work given up: it ended its workers');
      await guarded.giveUp();
      await deaths.forget(kind, key);
      return true;
    } finally {
      // Without a database the record stays, and is deleted when this worker ends.
      await deaths.end(kind, key).catch(() => {});
    }
  }
}
