import { LRUCache } from 'lru-cache';
import {
  RateLimiterMemory,
  type IRateLimiterOptions,
  type RateLimiterRes,
} from 'rate-limiter-flexible';

/**
 * Counters in memory for at most `maxSubjects` subjects. The least recently seen subject is
 * forgotten first, so a flood of addresses cannot fill the memory.
 */
export class MemoryCounters {
  private readonly limiter: RateLimiterMemory;
  private readonly known: LRUCache<string, true>;

  constructor(options: IRateLimiterOptions, maxSubjects: number) {
    this.limiter = new RateLimiterMemory(options);
    this.known = new LRUCache({
      max: maxSubjects,
      dispose: (_, key, reason) => {
        if (reason === 'evict') void this.limiter.delete(key);
      },
    });
  }

  /** @throws RateLimiterRes */
  consume(key: string, points: number): Promise<RateLimiterRes> {
    this.known.set(key, true);
    return this.limiter.consume(key, points);
  }

  get size(): number {
    return this.known.size;
  }
}
