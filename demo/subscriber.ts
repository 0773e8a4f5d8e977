import type { Client } from 'graphql-ws';
import { setTimeout as delay } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import type { Api } from './api';
import { datasetEvents, type StreamedEvent } from './operations';

/** One open stream of the dataset's events. It resumes by its cursor when the connection breaks. */
export class Subscriber {
  /** What the checker compares: `label:…` and `run:…`, in order of arrival. */
  readonly log: string[] = [];
  /** Milliseconds from publication to arrival, for runs published while connected. */
  readonly delaysMs: number[] = [];
  reconnections = 0;
  private client: Client | undefined;
  private socket: WebSocket | undefined;
  private stopped = false;
  private connectedAt = Date.now();

  constructor(
    private readonly api: Api,
    private readonly datasetId: string,
    private cursor: string,
    private readonly onEvent: (event: StreamedEvent) => void,
    /** Called if a stream cannot be resumed. */
    private readonly onFailure: (error: Error) => void,
  ) {}

  start(): void {
    this.client = this.api.websocket((socket) => (this.socket = socket));
    this.connectedAt = Date.now();
    const { client } = this;
    client.subscribe<{ datasetEvents: StreamedEvent }>(
      { query: datasetEvents, variables: { id: this.datasetId, after: this.cursor } },
      {
        next: ({ data, errors }) => {
          if (client !== this.client) return; // the last words of a connection that was given up
          if (data) this.receive(data.datasetEvents);
          else this.onFailure(new Error(`event stream: ${errors?.[0]?.message ?? 'no data'}`));
        },
        error: (error) => this.broken(client, error),
        complete: () => this.broken(client, new Error('the server completed the event stream')),
      },
    );
  }

  /** Breaks the connection without a closing message, as a network failure does. */
  cut(): void {
    this.socket?.terminate();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.client?.dispose();
  }

  private receive(event: StreamedEvent): void {
    this.cursor = event.cursor;
    if (event.__typename === 'LabelRecorded') this.log.push(`label:${event.label.id}`);
    if (event.__typename === 'RunPublished') {
      this.log.push(`run:${event.run.id}`);
      const publishedAt = Date.parse(event.run.publishedAt);
      if (publishedAt > this.connectedAt) this.delaysMs.push(Date.now() - publishedAt);
    }
    this.onEvent(event);
  }

  private broken(client: Client, error: unknown): void {
    if (this.stopped || client !== this.client) return;
    const refusal = Array.isArray(error)
      ? (error as { extensions?: { code?: string } }[])[0]
      : undefined;
    const code = refusal?.extensions?.code;
    if (refusal && code !== 'TOO_SLOW')
      return this.onFailure(new Error(`event stream: ${JSON.stringify(refusal)}`));
    if (++this.reconnections > 20)
      return this.onFailure(new Error('event stream: the connection broke too often'));
    this.client = undefined;
    void delay(300).then(() => !this.stopped && this.start());
  }
}
