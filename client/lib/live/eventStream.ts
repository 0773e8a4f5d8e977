import { backoff } from '../socket';

export type StreamState = 'live' | 'reconnecting' | 'catching up';

/** What the stream needs of the world; a test brings its own. */
export interface StreamPort<Event extends { cursor: string }> {
  /** Opens the subscription. `after` is read whenever it is (re)sent, not once. */
  subscribe: (
    after: () => string,
    sink: { next: (event: Event) => void; error: (error: unknown) => void; complete: () => void },
  ) => () => void;
  onEvent: (event: Event) => void;
  onState: (state: StreamState) => void;
  /** Reads everything anew and returns the cursor that was current before the reading began. */
  resync: () => Promise<string>;
}

/** Quiet for this long after a reconnection: we have caught up. */
const quietAfter = 400;

/** The codes of a GraphQL error as graphql-ws hands it to a sink. */
function codesOf(error: unknown): unknown[] {
  if (!Array.isArray(error)) return [];
  return (error as { extensions?: { code?: unknown } }[]).map(({ extensions }) => extensions?.code);
}

const asksForResync = (error: unknown) =>
  codesOf(error).some((code) => code === 'RESYNC_REQUIRED' || code === 'INVALID_CURSOR');

/**
 * A dataset's events from a cursor on, through lost connections, restarts and refusals.
 * Whatever ends the subscription, the next one starts behind the last event that was applied.
 */
export class EventStream<Event extends { cursor: string }> {
  private unsubscribe: (() => void) | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private quiet: ReturnType<typeof setTimeout> | undefined;
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
    clearTimeout(this.quiet);
    this.unsubscribe?.();
  }

  /** The connection went away; graphql-ws is getting a new one. */
  disconnected(): void {
    clearTimeout(this.quiet);
    this.setState('reconnecting');
  }

  /** The connection is there (again): what was missed arrives now. */
  connected(): void {
    if (this.state === 'live') return;
    this.setState('catching up');
    this.settle();
  }

  private open(): void {
    // Deaf to a subscription that has been replaced: its late messages would move the cursor back.
    let current = true;
    const end = (error?: unknown) => {
      if (!current || this.stopped) return;
      current = false;
      void this.recover(error);
    };
    const close = this.port.subscribe(() => this.cursor, {
      next: (event) => {
        if (current && !this.stopped) this.receive(event);
      },
      error: end,
      complete: () => end(),
    });
    this.unsubscribe = () => {
      current = false;
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
    if (asksForResync(error)) {
      try {
        this.cursor = await this.port.resync();
      } catch {
        // The same refusal will come again after the wait, and with it another attempt.
      }
    }
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.open();
      this.connected();
    }, backoff(this.failures++));
  }

  private settle(): void {
    clearTimeout(this.quiet);
    this.quiet = setTimeout(() => this.setState('live'), quietAfter);
  }

  private setState(state: StreamState): void {
    if (this.state === state) return;
    this.state = state;
    this.port.onState(state);
  }
}
