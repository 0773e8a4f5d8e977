import { FairQueue } from './fairQueue';

/** Work of one iteration of the event loop. Most operations need less. */
const sliceMs = 2;
/** The same for events. */
const eventSliceMs = 25;
/** The same while connections arrive. */
const burstSliceMs = 0.5;
/** For this long after a connection, the next one may be waiting. */
const burstMs = 5;

/**
 * Divides the event loop between the pieces of synchronous work of all people. When the pieces of
 * one iteration have taken their time, the others wait for the next iteration, so that answers of
 * the database, sockets and timers come between them. People take turns.
 *
 * Node.js accepts one connection in each iteration (libuv/libuv#3696). So iterations are shorter while
 * many connections arrive. Otherwise a new connection would wait for a long time.
 */
export class EventLoopShare {
  private readonly waiting = new FairQueue<() => void>(Infinity);
  private waitingCount = 0;
  /** When the first piece of this iteration began. Undefined before it. */
  private since: number | undefined;
  private lastConnection = -Infinity;

  /**
   * Waits until a piece of work may begin. Returns undefined if it may begin now.
   *
   * @param owner whom the work is for
   */
  wait(owner: string): Promise<void> | undefined {
    if (this.waitingCount === 0 && !this.isUsedUp(this.sliceMs)) return undefined;
    return this.queued(owner);
  }

  /**
   * Waits until an event may be handled. The subscriptions of one event get a longer share, so that
   * they read the database together.
   */
  waitForEvent(owner: string): Promise<void> | undefined {
    return this.isUsedUp(eventSliceMs) ? this.queued(owner) : undefined;
  }

  /** Call it for every connection that the server accepts. */
  noteConnection(): void {
    this.lastConnection = performance.now();
  }

  private queued(owner: string): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(owner, resolve);
      if (++this.waitingCount === 1) setImmediate(this.startIteration);
    });
  }

  private get sliceMs(): number {
    return performance.now() - this.lastConnection < burstMs ? burstSliceMs : sliceMs;
  }

  private isUsedUp(afterMs: number): boolean {
    this.since ??= this.begin();
    return performance.now() - this.since > afterMs;
  }

  private begin(): number {
    setImmediate(() => (this.since = undefined));
    return performance.now();
  }

  private readonly startIteration = () => {
    this.since = this.begin();
    this.startNext();
  };

  private startNext(): void {
    const next = this.waiting.take();
    if (!next) return;
    this.waiting.done(next.owner);
    this.waitingCount--;
    next.item();
    // The piece runs in the microtasks that follow. The next tick comes after all of them.
    queueMicrotask(() => process.nextTick(this.continue));
  }

  private readonly continue = () => {
    if (this.waitingCount === 0) return;
    if (this.isUsedUp(this.sliceMs)) setImmediate(this.startIteration);
    else this.startNext();
  };
}
