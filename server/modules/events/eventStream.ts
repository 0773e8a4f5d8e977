import { isAfter, type EventRecord, type Position } from './event';
import { ResyncRequiredError, TooSlowError } from './events.errors';
import type { EventStore } from './eventStore';

export interface StreamOptions {
  after?: Position;
  /** Called when the reader stopped reading and its queue is full; it should cut the connection. */
  onStalled?: () => void;
}

interface Hub {
  /** Begins to push; returns the position after which it does. */
  attach(stream: EventStream): Position;
  detach(stream: EventStream): void;
}

const replayPage = 500;
const stalledGraceMs = 5_000;

/**
 * One subscriber: first replays from its cursor, then follows the hub, without gaps or repeats.
 * Its queue is bounded: a reader that stops reading is told TOO_SLOW, and never holds up the others.
 */
export class EventStream implements AsyncIterableIterator<EventRecord> {
  private queue: EventRecord[] = [];
  private position: Position | undefined;
  private attached = false;
  private ended = false;
  private overflown: NodeJS.Timeout | undefined;
  private wake: (() => void) | undefined;

  constructor(
    private readonly store: EventStore,
    private readonly datasetId: string,
    private readonly capacity: number,
    private readonly options: StreamOptions,
    private readonly hub: Hub,
  ) {
    this.position = options.after;
    if (!options.after) this.attach();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** @throws ResyncRequiredError when the cursor is older than what is kept, TooSlowError */
  async next(): Promise<IteratorResult<EventRecord>> {
    for (;;) {
      if (this.overflown) this.fail(new TooSlowError());
      const event = this.queue.shift();
      if (event) {
        if (this.position && !isAfter(event.position, this.position)) continue;
        this.position = event.position;
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
    if (this.overflown || this.ended) return;
    this.queue.push(event);
    if (this.queue.length > this.capacity) this.overflow();
    this.wake?.();
  }

  end(): void {
    this.ended = true;
    clearTimeout(this.overflown);
    this.hub.detach(this);
    this.wake?.();
  }

  private overflow(): void {
    this.queue = [];
    this.hub.detach(this);
    this.overflown = setTimeout(() => {
      this.options.onStalled?.();
      this.end();
    }, stalledGraceMs).unref();
  }

  private fail(error: Error): never {
    this.queue = [];
    clearTimeout(this.overflown);
    this.overflown = undefined;
    this.end();
    throw error;
  }

  private attach(): Position {
    this.attached = true;
    return this.hub.attach(this);
  }

  /** Reads pages until the end is near, then lets the hub push and reads what lies between. */
  private async replay(): Promise<void> {
    const from = this.position ?? { tx: 0n, id: 0n };
    if (isAfter(await this.store.horizon(), from)) this.fail(new ResyncRequiredError());
    const page = await this.store.read(from, replayPage, this.datasetId);
    if (page.length === replayPage || this.ended) {
      this.queue.push(...page);
      return;
    }
    const joined = this.attach();
    const pushed = this.queue;
    this.queue = [];
    const rest = await this.between(page.at(-1)?.position ?? from, joined);
    // What the hub pushed meanwhile lies behind all of it.
    this.queue = [...page, ...rest, ...pushed, ...this.queue];
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
