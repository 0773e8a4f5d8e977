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

/** Progress is drawn at most this often, however many files report. */
const NOTIFY_MS = 150;
const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/**
 * Sends any number of files: tickets in batches, bytes in parallel, completions in batches, each
 * stage feeding the next. It knows nothing of React, Apollo or XMLHttpRequest.
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

  /** Requests under way are let finish: what they have sent is not thrown away. */
  pause() {
    if (this.status === 'running') this.setStatus('paused');
  }

  resume() {
    if (this.status !== 'paused') return;
    this.speed.reset();
    this.setStatus('running');
    this.pump();
  }

  /** Everything unsent is given up; bytes that have arrived are still completed. */
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

  /** Forgets what is over, for a page that starts afresh. */
  clear() {
    if (this.active) return;
    this.items.length = 0;
    this.firstOpen = 0;
    this.speed.reset();
    this.setStatus('idle');
  }

  /** The server's limit is known only after the engine was made. */
  limitTickets(perCall: number) {
    this.options.ticketBatch = Math.max(1, Math.min(this.options.ticketBatch, perCall));
  }

  /** Starts whatever may start now. Every stage calls it again when it ends. */
  private pump() {
    if (this.status !== 'running') return this.pumpWhilePaused();
    void this.takeTickets();
    this.sendNext();
    this.completeNext();
    this.finishOrWake();
  }

  /** Paused or not, bytes that have arrived become images. */
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

  /** Thousands of finished files at the front need not be looked at again at every step. */
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
      for (const item of batch) this.stumble(item, error);
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
      this.stumble(item, error);
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

  /** A full batch goes at once; a short one only when nothing more is on its way to join it. */
  private completeNext() {
    const { completeBatch, parallelCompletes } = this.options;
    while (this.completing < parallelCompletes) {
      const batch = this.pick('sent', completeBatch);
      const more = this.sending.size > 0 && this.status === 'running';
      if (batch.length === 0 || (batch.length < completeBatch && more)) return;
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
      for (const item of batch) this.stumble(item, error, 'sent');
    } finally {
      this.completing -= 1;
      for (const item of batch) item.completing = false;
      this.pump();
    }
  }

  private settle(item: UploadItem, answer: UploadAnswer | undefined) {
    if (!answer) return this.stumble(item, new Error('The server gave no answer'), 'sent');
    const { refusal } = answer;
    const lost = refusal?.reason === 'EXPIRED' || refusal?.reason === 'NOT_UPLOADED';
    if (lost && item.attempts < this.options.maxAttempts)
      return this.stumble(item, new TicketGoneError(refusal.message));
    item.reason = refusal?.reason;
    item.message = refusal?.message;
    this.move(item, refusal ? 'refused' : answer.duplicate ? 'duplicate' : 'done');
  }

  private stumble(item: UploadItem, error: unknown, retryFrom: UploadState = 'waiting') {
    if (isSettled(item.state)) return;
    item.attempts += 1;
    item.message = messageOf(error);
    const next = afterFailure(item, error, retryFrom, this.options);
    item.reason = next.reason;
    if (next.freshTicket) item.ticket = undefined;
    if (next.state !== 'sent') item.sentBytes = 0;
    item.notBefore = this.now() + next.waitMs;
    this.move(item, next.state);
  }

  /** Nothing under way: either all is settled, or everything left waits out a backoff. */
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
    this.notifyTimer ??= setTimeout(() => this.flush(), NOTIFY_MS);
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
