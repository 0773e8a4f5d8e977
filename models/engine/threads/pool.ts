import { Worker } from 'node:worker_threads';
import { ModelInputError } from '../../errors';
import type { ThreadMessage, ThreadReply, ThreadStart } from './serve';

export interface ThreadPoolOptions<Data> {
  /** Name for people, used in error messages. */
  name: string;
  /** The compiled script, which calls `serve`. */
  script: string;
  /** Passed to `open` in each thread. */
  data: Data;
  /** Maximum number of threads. */
  size: number;
}

interface Task<Order, Answer> {
  order: Order;
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

interface Thread<Order, Answer> {
  worker: Worker;
  state: 'starting' | 'idle' | 'working';
  task?: Task<Order, Answer> | undefined;
  /** Why it ends, when that is known. */
  reason?: Error | undefined;
  ended: Promise<void>;
}

/** One value per thread of this process: 1 while native code may be running in it. */
const busyFlags = new Set<Int32Array>();

/** Longer than any request takes. */
const exitWaitMs = 10_000;

// Node ends the threads when the process exits. Native code that is ended in the middle of its work
// aborts the whole process, so the exit waits for running work.
process.on('exit', () => {
  for (const busy of busyFlags) Atomics.wait(busy, 0, 1, exitWaitMs);
});

/**
 * A pool of threads, each of which answers one request at a time. Requests wait for the next free
 * thread. The first thread starts with the pool, another one when a request finds all of them busy.
 * If a thread dies, its request fails, and the thread is replaced when it is needed. Idle threads
 * do not keep the process alive.
 */
export class ThreadPool<Data, Order, Answer> {
  private readonly threads = new Set<Thread<Order, Answer>>();
  private readonly waiting: Task<Order, Answer>[] = [];
  private disposed = false;

  constructor(private readonly options: ThreadPoolOptions<Data>) {}

  get size(): number {
    return this.options.size;
  }

  /** Number of threads at present. */
  get started(): number {
    return this.threads.size;
  }

  /**
   * Starts the first thread, so that a failure to open is known at once.
   *
   * @throws what the script's `open` throws
   */
  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      const thread = this.start();
      thread.worker.once('message', () => (thread.reason ? reject(thread.reason) : resolve()));
      void thread.ended.then(() => reject(this.endOf(thread)));
    });
  }

  /** @throws what the script's `answer` throws, or an Error if the request killed the thread */
  run(order: Order): Promise<Answer> {
    if (this.disposed) return Promise.reject(new Error(`${this.options.name} is disposed`));
    return new Promise((resolve, reject) => {
      this.waiting.push({ order, resolve, reject });
      this.assign();
    });
  }

  /** Finishes running work, rejects waiting requests, and resolves when all threads have ended. */
  async dispose(): Promise<void> {
    this.disposed = true;
    this.rejectWaiting(new Error(`${this.options.name} is disposed`));
    const ends = [...this.threads].map((thread) => {
      if (thread.state === 'idle') this.end(thread);
      return thread.ended;
    });
    await Promise.all(ends);
  }

  private start(): Thread<Order, Answer> {
    const { script, data } = this.options;
    const busy = new Int32Array(new SharedArrayBuffer(4)).fill(1);
    const worker = new Worker(script, {
      workerData: { data, busy } satisfies ThreadStart<Data>,
      name: this.options.name,
    });
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
    const thread: Thread<Order, Answer> = { worker, state: 'starting', ended };
    this.threads.add(thread);
    busyFlags.add(busy);
    worker.on('message', (reply: ThreadReply<Answer>) => this.hear(thread, reply));
    worker.on('error', (error) => (thread.reason = error));
    void ended.then(() => {
      busyFlags.delete(busy);
      this.lose(thread);
    });
    return thread;
  }

  /** Gives waiting requests to idle threads, and starts a thread if none is idle. */
  private assign(): void {
    for (const thread of this.threads) {
      if (thread.state !== 'idle') continue;
      const task = this.waiting.shift();
      if (!task) return;
      Object.assign(thread, { state: 'working', task });
      thread.worker.ref();
      thread.worker.postMessage({
        kind: 'order',
        order: task.order,
      } satisfies ThreadMessage<Order>);
    }
    const starting = [...this.threads].some(({ state }) => state === 'starting');
    if (this.waiting.length > 0 && !starting && this.threads.size < this.size) this.start();
  }

  private hear(thread: Thread<Order, Answer>, reply: ThreadReply<Answer>): void {
    const { state, task } = thread;
    if (reply.kind === 'failed') {
      const { code, message } = reply;
      const error = code ? new ModelInputError(code, message) : new Error(message);
      if (state === 'starting') thread.reason = error;
      task?.reject(error);
    } else if (reply.kind === 'answer') task?.resolve(reply.answer);
    if (thread.reason) return;
    Object.assign(thread, { state: 'idle', task: undefined });
    thread.worker.unref();
    if (this.disposed) this.end(thread);
    else this.assign();
  }

  private end({ worker }: Thread<Order, Answer>): void {
    worker.ref();
    worker.postMessage({ kind: 'end' } satisfies ThreadMessage<Order>);
  }

  private endOf({ reason }: Thread<Order, Answer>): Error {
    if (reason instanceof ModelInputError) return reason;
    return new Error(
      `A thread of ${this.options.name} ended${reason ? `: ${reason.message}` : ' by itself'}`,
    );
  }

  private lose(thread: Thread<Order, Answer>): void {
    this.threads.delete(thread);
    thread.task?.reject(this.endOf(thread));
    // If one thread could not open, the next one cannot either.
    if (thread.state === 'starting') this.rejectWaiting(this.endOf(thread));
    else if (!this.disposed) this.assign();
  }

  private rejectWaiting(error: Error): void {
    for (const task of this.waiting.splice(0)) task.reject(error);
  }
}
