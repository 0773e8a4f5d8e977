import type { Logger } from 'pino';
import { setTimeout as delay } from 'node:timers/promises';
import type { EventRecord, Position } from './event.ports';
import type { EventStore } from './eventStore';
import { EventStream, type StreamBounds, type StreamOptions } from './eventStream';

const batchSize = 1_000;

/** Reads the outbox once per process and passes every event to the listeners of its dataset. */
export class EventHub {
  private readonly streams = new Map<string, Set<EventStream>>();
  private readonly listeners = new Set<(event: EventRecord) => void>();
  private readonly stopped = new AbortController();
  private reading: Promise<void> = Promise.resolve();
  private position: Position = { tx: 0n, id: 0n };

  constructor(
    private readonly store: EventStore,
    private readonly logger: Logger,
    private readonly options: { pollMs: number } & StreamBounds,
  ) {}

  async start(): Promise<void> {
    this.position = await this.store.now();
    this.reading = this.readForever();
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    for (const streams of this.streams.values()) for (const stream of streams) stream.end();
    await this.reading;
  }

  /** Listens to every event of every dataset from now on, for the process itself. */
  onEvent(listener: (event: EventRecord) => void): void {
    this.listeners.add(listener);
  }

  /** Follows the dataset's events after a position, or from now on without one. */
  subscribe(datasetId: string, options: StreamOptions = {}): EventStream {
    return new EventStream(this.store, datasetId, this.options, options, {
      attach: (stream) => {
        const streams = this.streams.get(datasetId) ?? new Set();
        this.streams.set(datasetId, streams.add(stream));
        return this.position;
      },
      detach: (stream) => {
        const streams = this.streams.get(datasetId);
        streams?.delete(stream);
        if (streams?.size === 0) this.streams.delete(datasetId);
      },
    });
  }

  private async readForever(): Promise<void> {
    const { signal } = this.stopped;
    while (!signal.aborted) {
      const events = await this.store.read(this.position, batchSize).catch((error: unknown) => {
        if (!signal.aborted) this.logger.error({ err: error }, 'reading events failed');
        return [];
      });
      for (const event of events) this.publish(event);
      if (events.length < batchSize)
        await delay(this.options.pollMs, undefined, { signal }).catch(() => {});
    }
  }

  private publish(event: EventRecord): void {
    this.position = event.position;
    for (const stream of this.streams.get(event.datasetId) ?? []) stream.push(event);
    for (const listener of this.listeners) listener(event);
  }
}
