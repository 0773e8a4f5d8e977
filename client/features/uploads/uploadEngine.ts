import { SpeedMeter } from './speedMeter';
import { afterFailure } from './afterFailure';
import { summarize } from './uploadSummary';
import {
  defaultUploadOptions,
  isSettled,
  TicketGoneError,
  type EngineStatus,
  type UploadAnswer,
  type UploadItem,
  type UploadOptions,
  type UploadSnapshot,
  type UploadSource,
  type UploadState,
  type UploadTransport,
} from './uploadTypes';

/** Listeners are notified at most this often. */
const notifyIntervalMs = 150;
const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/**
 * Uploads any number of files in three stages: tickets in batches, bytes in parallel, completions in
 * batches. It is independent of React, Apollo and XMLHttpRequest.
 */
export class UploadEngine {
  readonly items: UploadItem[] = [];
  private readonly options: UploadOptions;
  private readonly speed: SpeedMeter;
  private readonly listeners = new Set<() => void>();
  private readonly sending = new Map<UploadItem, AbortController>();
  private status: EngineStatus = 'idle';
  private ticketing = false;
  private completing = 0;
  private revision = 0;
  private firstOpen = 0;
  private snapshot: UploadSnapshot;
  private notifyTimer: ReturnType<typeof setTimeout> | undefined;
  private wakeTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly transport: UploadTransport,
    options: Partial<UploadOptions> = {},
    private readonly now: () => number = () => Date.now(),
  ) {
    this.options = { ...defaultUploadOptions, ...options };
    this.speed = new SpeedMeter(now);
    this.snapshot = summarize(this.items, this.status, 0, 0);
  }

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  getSnapshot = () => this.snapshot;

  get active() {
    return this.status === 'running' || this.status === 'paused';
  }

  add(sources: UploadSource[]) {
    for (const source of sources)
      this.items.push({
        ...source,
        key: this.items.length,
        state: 'waiting',
        sentBytes: 0,
        attempts: 0,
        notBefore: 0,
      });
    if (this.status !== 'paused') this.setStatus('running');
    this.pump();
  }

  /** Starts no new request. Running requests finish, so that no sent bytes are lost. */
  pause() {
    if (this.status === 'running') this.setStatus('paused');
  }

  resume() {
    if (this.status !== 'paused') return;
    this.speed.reset();
    this.setStatus('running');
    this.pump();
  }

  /** Cancels all unsent files. Files whose bytes have arrived are still completed. */
  cancel() {
    for (const item of this.items)
      if (['waiting', 'ticketed', 'sending'].includes(item.state)) this.move(item, 'cancelled');
    for (const controller of this.sending.values()) controller.abort();
    if (this.status === 'paused') this.setStatus('running');
    this.pump();
  }

  retryFailed() {
    this.firstOpen = 0;
    for (const item of this.items)
      if (item.state === 'failed') {
        Object.assign(item, { attempts: 0, notBefore: 0, sentBytes: 0, ticket: undefined });
        this.move(item, 'waiting');
      }
    this.setStatus('running');
    this.pump();
  }

  /** Removes the files of a finished upload. */
  clear() {
    if (this.active) return;
    this.items.length = 0;
    this.firstOpen = 0;
    this.speed.reset();
    this.setStatus('idle');
  }

  /** Lowers the batch size to the server's limit, which is known only after the construction. */
  limitTickets(perCall: number) {
    this.options.ticketBatch = Math.max(1, Math.min(this.options.ticketBatch, perCall));
  }

  /** Starts all requests that can start now. Every request calls it again when it ends. */
  private pump() {
    if (this.status !== 'running') return this.pumpWhilePaused();
    void this.takeTickets();
    this.sendNext();
    this.completeNext();
    this.finishOrWake();
  }

  /** Files whose bytes have arrived are completed during a pause, too. */
  private pumpWhilePaused() {
    if (this.status === 'paused') this.completeNext();
  }

  private pick(state: UploadState, limit: number): UploadItem[] {
    const picked: UploadItem[] = [];
    const now = this.now();
    this.skipSettled();
    for (let at = this.firstOpen; at < this.items.length && picked.length < limit; at += 1) {
      const item = this.items[at];
      if (item?.state === state && item.notBefore <= now && !item.completing) picked.push(item);
    }
    return picked;
  }

  /** Moves past the settled files at the front, so that `pick` does not scan them again. */
  private skipSettled() {
    for (let item = this.items[this.firstOpen]; item; item = this.items[this.firstOpen]) {
      if (!isSettled(item.state)) return;
      this.firstOpen += 1;
    }
  }

  private async takeTickets() {
    const ready = this.pick('ticketed', this.options.parallel * 2).length;
    if (this.ticketing || ready >= this.options.parallel * 2) return;
    const batch = this.pick('waiting', this.options.ticketBatch);
    if (batch.length === 0) return;
    this.ticketing = true;
    try {
      const tickets = await this.transport.createTickets(batch.map((item) => item.input));
      batch.forEach((item, index) => {
        item.ticket = tickets[index];
        if (item.state === 'waiting') this.move(item, 'ticketed');
      });
    } catch (error) {
      for (const item of batch) this.handleFailure(item, error);
    } finally {
      this.ticketing = false;
      this.pump();
    }
  }

  private sendNext() {
    const room = this.options.parallel - this.sending.size;
    for (const item of this.pick('ticketed', room)) void this.send(item);
  }

  private async send(item: UploadItem) {
    const controller = new AbortController();
    this.sending.set(item, controller);
    this.move(item, 'sending');
    const progress = (bytes: number) => this.progress(item, bytes);
    try {
      if (!item.ticket) throw new TicketGoneError('No ticket');
      await this.transport.put(item.ticket, item.file, progress, controller.signal);
      this.progress(item, item.input.byteSize);
      if (item.state === 'sending') this.move(item, 'sent');
    } catch (error) {
      this.handleFailure(item, error);
    } finally {
      this.sending.delete(item);
      this.pump();
    }
  }

  private progress(item: UploadItem, bytes: number) {
    if (item.state !== 'sending') return;
    this.speed.add(Math.max(0, bytes - item.sentBytes));
    item.sentBytes = bytes;
    this.changed();
  }

  /** Sends a full batch at once, but a smaller one only if no further file is being sent. */
  private completeNext() {
    const { completeBatch, parallelCompletes } = this.options;
    while (this.completing < parallelCompletes) {
      const batch = this.pick('sent', completeBatch);
      const moreToCome = this.sending.size > 0 && this.status === 'running';
      if (batch.length === 0 || (batch.length < completeBatch && moreToCome)) return;
      void this.complete(batch);
    }
  }

  private async complete(batch: UploadItem[]) {
    this.completing += 1;
    for (const item of batch) item.completing = true;
    try {
      const answers = await this.transport.complete(batch.map((item) => item.ticket?.id ?? ''));
      const byTicket = new Map(answers.map((answer) => [answer.ticketId, answer]));
      for (const item of batch) this.settle(item, byTicket.get(item.ticket?.id ?? ''));
    } catch (error) {
      for (const item of batch) this.handleFailure(item, error, 'sent');
    } finally {
      this.completing -= 1;
      for (const item of batch) item.completing = false;
      this.pump();
    }
  }

  private settle(item: UploadItem, answer: UploadAnswer | undefined) {
    if (!answer)
      return this.handleFailure(item, new Error('The server did not confirm the file.'), 'sent');
    const { refusal } = answer;
    const isGone = refusal?.reason === 'EXPIRED' || refusal?.reason === 'NOT_UPLOADED';
    if (isGone && item.attempts < this.options.maxAttempts)
      return this.handleFailure(item, new TicketGoneError(refusal.message));
    item.reason = refusal?.reason;
    item.message = refusal?.message;
    this.move(item, refusal ? 'refused' : answer.duplicate ? 'duplicate' : 'done');
  }

  private handleFailure(item: UploadItem, error: unknown, retryFrom: UploadState = 'waiting') {
    if (isSettled(item.state)) return;
    item.attempts += 1;
    item.message = messageOf(error);
    const next = afterFailure(item, error, retryFrom, this.options);
    item.reason = next.reason;
    if (next.needsNewTicket) item.ticket = undefined;
    if (next.state !== 'sent') item.sentBytes = 0;
    item.notBefore = this.now() + next.waitMs;
    this.move(item, next.state);
  }

  /** Without a running request, either all files are settled, or the rest wait for a retry. */
  private finishOrWake() {
    if (this.ticketing || this.completing > 0 || this.sending.size > 0) return;
    const open = this.items.filter((item) => !isSettled(item.state));
    if (open.length === 0) return this.setStatus('finished');
    const next = Math.min(...open.map((item) => item.notBefore));
    clearTimeout(this.wakeTimer);
    this.wakeTimer = setTimeout(() => this.pump(), Math.max(10, next - this.now()));
  }

  private move(item: UploadItem, state: UploadState) {
    item.state = state;
    this.changed();
  }

  private setStatus(status: EngineStatus) {
    if (this.status === status) return;
    this.status = status;
    this.flush();
  }

  private changed() {
    this.notifyTimer ??= setTimeout(() => this.flush(), notifyIntervalMs);
  }

  private flush() {
    clearTimeout(this.notifyTimer);
    this.notifyTimer = undefined;
    this.revision += 1;
    const speed = this.status === 'running' ? this.speed.bytesPerSecond : 0;
    this.snapshot = summarize(this.items, this.status, speed, this.revision);
    for (const listener of this.listeners) listener();
  }
}
