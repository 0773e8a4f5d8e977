import { newId } from '../newId';
import { backoff } from '../socket';
import {
  type Answer,
  type LabelEntry,
  type OutboxEntry,
  type OutboxStorage,
  type OutboxTransport,
  type Outcome,
  type Refusal,
  RequestRefused,
  type UndoEntry,
} from './outboxTypes';

export interface OutboxSnapshot {
  /** Number of entries that the server has not confirmed yet. */
  pending: number;
  /** The last attempt failed. A retry is scheduled. */
  isFailing: boolean;
}

/** A reply holds the state of every image, so a call sends fewer answers than the server takes. */
const maxBatch = 50;

const refusedRequest = (message: string): Outcome => ({
  error: { __typename: 'InvalidState', message },
});

/**
 * Sends answers to the server in order, and retries until the server confirms them. Answers are stored
 * before they are sent and removed after the confirmation.
 */
export class Outbox {
  private queue: OutboxEntry[];
  private readonly inFlight = new Set<string>();
  /** Sent at least once. The server may have received them even if its reply was lost. */
  private readonly attempted: Set<string>;
  private readonly labelIds = new Map<string, string>();
  private readonly listeners = new Set<() => void>();
  private readonly refusalHandlers = new Set<(refusal: Refusal) => void>();
  private snapshot: OutboxSnapshot;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private batchSize: number = maxBatch;
  private stopped = true;

  constructor(
    private readonly transport: OutboxTransport,
    private readonly storage: OutboxStorage,
  ) {
    this.queue = storage.load();
    this.attempted = new Set(this.queue.map(({ id }) => id));
    this.snapshot = { pending: this.queue.length, isFailing: false };
  }

  start(): () => void {
    this.stopped = false;
    this.wake();
    return () => {
      this.stopped = true;
      clearTimeout(this.timer);
    };
  }

  /** Adds answers. Returns an entry id for each, which `undo` needs. */
  answer(answers: Answer[]): string[] {
    const entries = answers.map<LabelEntry>((answer) => ({
      ...answer,
      kind: 'label',
      id: newId(),
      createdAt: Date.now(),
    }));
    this.add(...entries);
    return entries.map(({ id }) => id);
  }

  /** Undoes an answer: removes it if it was never sent, otherwise adds an undo request after it. */
  undo(entryId: string, about: Pick<UndoEntry, 'datasetId' | 'image'>): 'cancelled' | 'requested' {
    const unsent = this.queue.find(({ id }) => id === entryId && !this.attempted.has(id));
    if (unsent) {
      this.drop(unsent);
      this.publish();
      return 'cancelled';
    }
    const labelId = this.labelIds.get(entryId);
    const { datasetId, image } = about;
    this.add({
      kind: 'undo',
      id: newId(),
      createdAt: Date.now(),
      entryId,
      labelId,
      datasetId,
      image,
    });
    return 'requested';
  }

  /** Retries immediately, for example because the network is available again. */
  wake(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    void this.drain();
  }

  readonly getSnapshot = () => this.snapshot;

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  readonly onRefusal = (handler: (refusal: Refusal) => void) => {
    this.refusalHandlers.add(handler);
    return () => void this.refusalHandlers.delete(handler);
  };

  private add(...entries: OutboxEntry[]): void {
    for (const entry of entries) this.storage.put(entry);
    this.queue.push(...entries);
    this.publish();
    if (!this.timer) void this.drain();
  }

  private async drain(): Promise<void> {
    if (this.inFlight.size || this.stopped) return;
    const batch = this.nextBatch();
    if (!batch.length) return;
    for (const { id } of batch) {
      this.inFlight.add(id);
      this.attempted.add(id);
    }
    try {
      const outcomes = await this.send(batch);
      batch.forEach((entry, index) => this.settle(entry, outcomes[index]));
      this.failures = 0;
    } catch {
      this.failures += 1;
    }
    this.inFlight.clear();
    this.publish();
    if (this.failures && !this.stopped) this.timer = setTimeout(() => this.wake(), this.wait());
    else void this.drain();
  }

  private wait = () => backoff(this.failures);

  /** Returns the labels at the head of the queue, or one undo. */
  private nextBatch(): OutboxEntry[] {
    const end = this.queue.findIndex(({ kind }) => kind === 'undo');
    if (end === 0) return this.queue.slice(0, 1);
    return this.queue.slice(0, Math.min(this.batchSize, end === -1 ? Infinity : end));
  }

  private async send(batch: OutboxEntry[]): Promise<(Outcome | undefined)[]> {
    const [first] = batch;
    try {
      if (first?.kind === 'undo') {
        const labelId = first.labelId ?? this.labelIds.get(first.entryId);
        // The label was refused, or its id was lost with an earlier page. There is nothing to undo.
        if (!labelId) return [{ labelId: undefined }];
        return [await this.transport.sendUndo({ ...first, labelId })];
      }
      const outcomes = await this.transport.sendLabels(batch as LabelEntry[]);
      this.batchSize = maxBatch;
      return outcomes;
    } catch (error) {
      if (!(error instanceof RequestRefused)) throw error;
      if (batch.length === 1) return [refusedRequest(error.message)];
      // One bad entry must not block the others, so they are sent one by one until it is found.
      this.batchSize = 1;
      return batch.map(() => undefined);
    }
  }

  private settle(entry: OutboxEntry, outcome: Outcome | undefined): void {
    if (!outcome) return;
    this.drop(entry);
    if ('error' in outcome) {
      for (const handler of this.refusalHandlers) handler({ entry, ...outcome });
      return;
    }
    if (entry.kind !== 'label' || !outcome.labelId) return;
    this.labelIds.set(entry.id, outcome.labelId);
    this.addLabelToUndo(entry.id, outcome.labelId);
  }

  /** Stores the label's id in a waiting undo, so that the undo survives a reload. */
  private addLabelToUndo(entryId: string, labelId: string): void {
    this.queue = this.queue.map((entry) => {
      if (entry.kind !== 'undo' || entry.entryId !== entryId) return entry;
      const updated = { ...entry, labelId };
      this.storage.put(updated);
      return updated;
    });
  }

  private drop({ id }: OutboxEntry): void {
    this.storage.remove(id);
    this.queue = this.queue.filter((entry) => entry.id !== id);
  }

  private publish(): void {
    this.snapshot = { pending: this.queue.length, isFailing: this.failures > 0 };
    for (const listener of this.listeners) listener();
  }
}
