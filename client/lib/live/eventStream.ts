import { backoff } from '../socket';

export type StreamState = 'live' | 'reconnecting' | 'catching up';

/** The dependencies of the stream. A test provides its own. */
export interface StreamPort<Event extends { cursor: string }> {
  /** Opens the subscription. `after` is read each time it is sent, also after a reconnection. */
  subscribe: (
    after: () => string,
    sink: { next: (event: Event) => void; error: (error: unknown) => void; complete: () => void },
  ) => () => void;
  onEvent: (event: Event) => void;
  onState: (state: StreamState) => void;
  /** Reads everything again, and returns the cursor from before that. */
  resync: () => Promise<string>;
}

/** If no event arrives for this long after a reconnection, the client has caught up. */
const settleDelayMs = 400;

/** Returns the codes of the GraphQL errors that graphql-ws passes to a sink. */
function codesOf(error: unknown): unknown[] {
  if (!Array.isArray(error)) return [];
  return (error as { extensions?: { code?: unknown } }[]).map(({ extensions }) => extensions?.code);
}

const needsResync = (error: unknown) =>
  codesOf(error).some((code) => code === 'RESYNC_REQUIRED' || code === 'INVALID_CURSOR');

/**
 * Delivers the events of a dataset after a cursor. If the subscription ends for any reason, a new one
 * starts after the last event that was applied.
 */
export class EventStream<Event extends { cursor: string }> {
  private unsubscribe: (() => void) | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private settleTimer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private stopped = false;
  private state: StreamState = 'live';

  constructor(
    private readonly port: StreamPort<Event>,
    private cursor: string,
  ) {}

  start(): void {
    this.stopped = false;
    this.open();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    clearTimeout(this.settleTimer);
    this.unsubscribe?.();
  }

  /** The connection was lost. graphql-ws opens a new one. */
  disconnected(): void {
    clearTimeout(this.settleTimer);
    this.setState('reconnecting');
  }

  /** The connection is open again. Missed events arrive now. */
  connected(): void {
    if (this.state === 'live') return;
    this.setState('catching up');
    this.settle();
  }

  private open(): void {
    // A replaced subscription is ignored, because its late messages would move the cursor back.
    let isCurrent = true;
    const end = (error?: unknown) => {
      if (!isCurrent || this.stopped) return;
      isCurrent = false;
      void this.recover(error);
    };
    const close = this.port.subscribe(() => this.cursor, {
      next: (event) => {
        if (isCurrent && !this.stopped) this.receive(event);
      },
      error: end,
      complete: () => end(),
    });
    this.unsubscribe = () => {
      isCurrent = false;
      close();
    };
  }

  private receive(event: Event): void {
    this.failures = 0;
    this.cursor = event.cursor;
    this.port.onEvent(event);
    if (this.state === 'catching up') this.settle();
    else this.setState('live');
  }

  private async recover(error: unknown): Promise<void> {
    this.setState('reconnecting');
    if (needsResync(error)) {
      try {
        this.cursor = await this.port.resync();
      } catch {
        // The server refuses again after the delay, and then the resync is retried.
      }
    }
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.open();
      this.connected();
    }, backoff(this.failures++));
  }

  private settle(): void {
    clearTimeout(this.settleTimer);
    this.settleTimer = setTimeout(() => this.setState('live'), settleDelayMs);
  }

  private setState(state: StreamState): void {
    if (this.state === state) return;
    this.state = state;
    this.port.onState(state);
  }
}
