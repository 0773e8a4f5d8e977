import { isAfter, type EventRecord, type Position } from './event.ports';
import { ResyncRequiredError, TooSlowError } from './events.errors';
import type { EventStore } from './eventStore';

export interface StreamOptions {
  after?: Position;
  /** Called when the reader has stopped reading. It should close the connection. */
  onStalled?: () => void;
}

export interface StreamBounds {
  /** Maximum number of events that wait for the reader. */
  queue: number;
  /** A reader that leaves events waiting for this long has stalled. */
  stalledAfterMs: number;
}

interface Hub {
  /** Starts to push, and returns the position after which it does. */
  attach(stream: EventStream): Position;
  detach(stream: EventStream): void;
}

const replayPage = 500;
const patienceTurns = 10;

/**
 * One subscriber. It replays from its cursor and then follows the hub, without gaps or repeats.
 *
 * Its queue is bounded. If the queue is full, it is dropped, and the events are read again from the
 * outbox at the reader's own pace. A reader that takes nothing for a while has stalled, and its
 * connection is closed. Neither case affects other subscribers.
 */
export class EventStream implements AsyncIterableIterator<EventRecord> {
  private queue: EventRecord[] = [];
  private position: Position | undefined;
  private attached = false;
  private ended = false;
  private stalled = false;
  private patience: NodeJS.Timeout | undefined;
  private wake: (() => void) | undefined;

  constructor(
    private readonly store: EventStore,
    private readonly datasetId: string,
    private readonly bounds: StreamBounds,
    private readonly options: StreamOptions,
    private readonly hub: Hub,
  ) {
    this.position = options.after;
    if (!options.after) this.position = this.attach();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /**
   * @throws ResyncRequiredError if the cursor is older than the kept events, TooSlowError if it has
   *   stalled
   */
  async next(): Promise<IteratorResult<EventRecord>> {
    this.stopWaiting();
    for (;;) {
      if (this.stalled) throw new TooSlowError();
      const event = this.queue.shift();
      if (event) {
        if (this.position && !isAfter(event.position, this.position)) continue;
        this.position = event.position;
        if (this.queue.length > 0 || !this.attached) this.waitForReader();
        return { done: false, value: event };
      }
      if (this.ended) return { done: true, value: undefined };
      if (this.attached) await new Promise<void>((resolve) => (this.wake = resolve));
      else await this.replay();
    }
  }

  return(): Promise<IteratorResult<EventRecord>> {
    this.queue = [];
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Called by the hub. */
  push(event: EventRecord): void {
    if (this.ended || !this.attached) return;
    if (this.queue.push(event) > this.bounds.queue) {
      this.queue = [];
      this.detach();
    }
    if (this.wake) this.wake();
    else this.waitForReader();
    this.wake = undefined;
  }

  end(): void {
    this.ended = true;
    this.stopWaiting();
    this.detach();
    this.wake?.();
  }

  private attach(): Position {
    this.attached = true;
    return this.hub.attach(this);
  }

  private detach(): void {
    this.attached = false;
    this.hub.detach(this);
  }

  /**
   * Measures the time from the first waiting event until the reader asks for it. Time is counted in
   * intervals of a timer. While this process is busy no interval passes, so the time does not count.
   */
  private waitForReader(): void {
    let left = patienceTurns;
    this.patience ??= setInterval(() => {
      if (--left === 0) this.stall();
    }, this.bounds.stalledAfterMs / patienceTurns).unref();
  }

  private stopWaiting(): void {
    clearInterval(this.patience);
    this.patience = undefined;
  }

  private stall(): void {
    this.stalled = true;
    this.queue = [];
    this.end();
    this.options.onStalled?.();
  }

  private refuse(error: Error): never {
    this.end();
    throw error;
  }

  /** Reads pages until the end is near, then lets the hub push and reads the rest. */
  private async replay(): Promise<void> {
    const from = this.position ?? { tx: 0n, id: 0n };
    if (isAfter(await this.store.horizon(), from)) this.refuse(new ResyncRequiredError());
    const page = await this.store.read(from, replayPage, this.datasetId);
    if (page.length === replayPage || this.ended) {
      this.queue.push(...page);
      return;
    }
    const joined = this.attach();
    const rest = await this.between(page.at(-1)?.position ?? from, joined);
    // Events that the hub pushed meanwhile come after all of the page, unless there were too many.
    this.queue = this.attached ? [...page, ...rest, ...this.queue] : [...page, ...rest];
  }

  private async between(from: Position, to: Position): Promise<EventRecord[]> {
    const found: EventRecord[] = [];
    for (let position = from; isAfter(to, position);) {
      const page = await this.store.read(position, replayPage, this.datasetId);
      found.push(...page.filter((event) => !isAfter(event.position, to)));
      position = page.length === replayPage ? (page.at(-1)?.position ?? to) : to;
    }
    return found;
  }
}
