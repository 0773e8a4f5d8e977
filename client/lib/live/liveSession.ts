import type { ApolloClient } from '@apollo/client';
import { addTypenameToDocument } from '@apollo/client/utilities';
import { print } from 'graphql';
import { type Client } from 'graphql-ws';
import {
  LiveCursorDocument,
  LiveEventsDocument,
  type LiveEventsSubscription,
} from '../../gql/operations';
import { applyEvent, type StaleField, type LiveEvent } from './applyEvent';
import { EventStream, type StreamState } from './eventStream';
import { refetchStale } from './refetch';
import { createThrottle } from './throttle';

/** Maximum number of events in the activity list. */
const maxActivity = 60;
/** Events are applied in batches, so that the page is drawn once per batch. */
const batchDelayMs = 50;

interface Snapshot {
  state: StreamState;
  /** Newest first. */
  activity: readonly LiveEvent[];
}

/** Keeps the cache of one open dataset up to date with the server. */
export class LiveSession {
  private readonly stream: EventStream<LiveEvent>;
  private readonly soon = createThrottle<StaleField>((fields) => this.refetch(fields), {
    delay: 150,
    interval: 750,
  });
  private readonly eventually = createThrottle<StaleField>((fields) => this.refetch(fields), {
    delay: 1_000,
    interval: 2_000,
  });
  private readonly listeners = new Set<() => void>();
  private readonly handlers = new Set<(event: LiveEvent) => void>();
  private readonly stopListening: (() => void)[] = [];
  private pending: LiveEvent[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private snapshot: Snapshot = { state: 'live', activity: [] };

  constructor(
    private readonly client: ApolloClient,
    private readonly socket: Client,
    readonly datasetId: string,
    cursor: string,
  ) {
    this.stream = new EventStream<LiveEvent>(
      {
        subscribe: (after, sink) => this.open(after, sink),
        onEvent: (event) => this.enqueue(event),
        onState: (state) => this.publish({ state }),
        resync: () => this.resync(),
      },
      cursor,
    );
  }

  start(): () => void {
    this.stopListening.push(
      this.socket.on('closed', () => this.stream.disconnected()),
      this.socket.on('connected', () => this.stream.connected()),
    );
    this.stream.start();
    return () => this.stop();
  }

  readonly getSnapshot = () => this.snapshot;

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  /** Calls `handler` for each event, after it was applied. */
  readonly onEvent = (handler: (event: LiveEvent) => void) => {
    this.handlers.add(handler);
    return () => void this.handlers.delete(handler);
  };

  private stop(): void {
    this.stream.stop();
    clearTimeout(this.timer);
    this.timer = undefined;
    this.flush();
    this.soon.cancel();
    this.eventually.cancel();
    for (const stop of this.stopListening.splice(0)) stop();
  }

  private open(after: () => string, sink: Parameters<EventStreamSubscribe>[1]) {
    const { datasetId } = this;
    // graphql-ws sends the same payload again after each reconnection. The getter makes it continue
    // after the last event. Fixed variables would replay all events.
    const variables = {
      datasetId,
      get after() {
        return after();
      },
    };
    return this.socket.subscribe<LiveEventsSubscription>(
      { query: liveEventsQuery, operationName: 'LiveEvents', variables },
      {
        next: ({ data, errors }) => {
          if (data) sink.next(data.datasetEvents);
          else sink.error(errors);
        },
        error: sink.error,
        complete: sink.complete,
      },
    );
  }

  private enqueue(event: LiveEvent): void {
    this.pending.push(event);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.flush();
    }, batchDelayMs);
  }

  private flush(): void {
    const events = this.pending;
    if (!events.length) return;
    this.pending = [];
    this.client.cache.batch({
      update: (cache) => {
        for (const event of events) {
          const effect = applyEvent({ cache, datasetId: this.datasetId }, event);
          if (effect.soon) this.soon.request(effect.soon);
          if (effect.eventually) this.eventually.request(effect.eventually);
        }
      },
    });
    const activity = [...events.reverse(), ...this.snapshot.activity].slice(0, maxActivity);
    this.publish({ activity });
    for (const event of events.reverse()) for (const handler of this.handlers) handler(event);
  }

  private refetch(fields: ReadonlySet<StaleField>) {
    return refetchStale(this.client, fields);
  }

  /** Reads the cursor first, so that changes during the reading arrive as events. */
  private async resync(): Promise<string> {
    const { data } = await this.client.query({
      query: LiveCursorDocument,
      variables: { datasetId: this.datasetId },
      fetchPolicy: 'network-only',
    });
    if (!data?.dataset) throw new Error('The dataset was deleted. Open another one.');
    await this.client.refetchQueries({ include: 'active' });
    return data.dataset.eventCursor;
  }

  private publish(change: Partial<Snapshot>): void {
    this.snapshot = { ...this.snapshot, ...change };
    for (const listener of this.listeners) listener();
  }
}

type EventStreamSubscribe = ConstructorParameters<typeof EventStream<LiveEvent>>[0]['subscribe'];

// The cache needs the type names to assign the fields of an event to entities.
const liveEventsQuery = print(addTypenameToDocument(LiveEventsDocument));
