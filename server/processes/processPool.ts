import { FairQueue } from '../limits/fairQueue';
import { processMemoryMiB } from './processMemory';
import { SharedMemory } from './sharedMemory';
import { PoolProcess, ProcessEndedError, type ProcessLimits } from './poolProcess';

export interface ProcessPoolOptions extends ProcessLimits {
  /** The compiled file of the processes. It calls `serveTasks`. */
  file: string;
  /** How many processes run at most. Each runs one task at a time. */
  processes: number;
  /** How many tasks of one owner run at once. The others wait for their turn. */
  tasksPerOwner: number;
  /** Memory that all processes together may hold beside what each needs without a task. */
  sharedMiB: number;
  /** A process that holds more than this after a task ends. */
  keptMiB: number;
  /** A process that had no task for this long ends. */
  idleMs: number;
}

interface Waiting<Task, Result> {
  task: Task;
  resolve: (result: Result) => void;
  reject: (error: Error) => void;
}

/**
 * Runs tasks in child processes that can be killed. A task that takes too long, needs too much
 * memory or ends its process fails alone: the process is replaced and the other tasks go on.
 * Processes start with the first task and end when they are idle.
 *
 * ```ts
 * const pool = new ProcessPool<Order, Answer>({ file: compiledFile(__dirname, 'main.js'), … });
 * const answer = await pool.run(person.id, order);
 * ```
 */
export class ProcessPool<Task, Result> {
  private readonly queue: FairQueue<Waiting<Task, Result>>;
  private readonly idle: { process: PoolProcess; ends: NodeJS.Timeout }[] = [];
  private readonly busy = new Set<PoolProcess>();
  private readonly memory: SharedMemory;
  private closed = false;

  constructor(private readonly options: ProcessPoolOptions) {
    this.queue = new FairQueue(options.tasksPerOwner);
    this.memory = new SharedMemory(options.sharedMiB);
  }

  /** Ids of the processes that run now. */
  get processIds(): number[] {
    return [...this.busy, ...this.idle.map(({ process }) => process)].map(({ pid }) => pid);
  }

  /** Number of tasks that run now. */
  get running(): number {
    return this.busy.size;
  }

  /**
   * Runs a task when it is the owner's turn.
   *
   * @param owner who the task is for, usually a person's id
   * @throws ProcessEndedError when the process was killed or died
   * @throws Error with the message of the error that the task threw
   */
  run(owner: string, task: Task): Promise<Result> {
    if (this.closed) return Promise.reject(new ProcessEndedError('CLOSED'));
    return new Promise((resolve, reject) => {
      this.queue.push(owner, { task, resolve, reject });
      this.startNext();
    });
  }

  /** Kills every process. Tasks that run or wait fail with `CLOSED`. */
  close(): void {
    this.closed = true;
    for (const { reject } of this.queue.clear()) reject(new ProcessEndedError('CLOSED'));
    for (const process of this.busy) process.kill('CLOSED');
    for (const { process, ends } of this.idle.splice(0)) {
      clearTimeout(ends);
      process.kill('CLOSED');
    }
  }

  private startNext(): void {
    while (!this.closed && this.busy.size < this.options.processes) {
      const next = this.queue.take();
      if (!next) return;
      void this.work(next.owner, next.item);
    }
  }

  private async work(owner: string, { task, resolve, reject }: Waiting<Task, Result>) {
    const process = this.takeProcess();
    this.busy.add(process);
    let reserved = 0;
    const reserve = async (mebibytes: number) => {
      await this.memory.take(mebibytes);
      // The process may have ended while it waited.
      if (this.busy.has(process)) reserved += mebibytes;
      else this.memory.release(mebibytes);
    };
    const settle = await process.run(task, reserve).then(
      (result) => () => resolve(result as Result),
      (error: Error) => () => reject(error),
    );
    await this.endIfLarge(process);
    this.busy.delete(process);
    if (reserved > 0) this.memory.release(reserved);
    this.queue.done(owner);
    this.keep(process);
    this.startNext();
    settle();
  }

  private takeProcess(): PoolProcess {
    for (let kept = this.idle.pop(); kept; kept = this.idle.pop()) {
      clearTimeout(kept.ends);
      if (kept.process.alive) return kept.process;
    }
    return new PoolProcess(this.options.file, this.options);
  }

  private async endIfLarge(process: PoolProcess): Promise<void> {
    const held = await processMemoryMiB(process.pid);
    if (held !== undefined && held > this.options.keptMiB) process.kill('CLOSED');
  }

  private keep(process: PoolProcess): void {
    if (!process.alive || this.closed) return process.kill('CLOSED');
    const entry = { process, ends: setTimeout(() => this.end(process), this.options.idleMs) };
    entry.ends.unref();
    this.idle.push(entry);
  }

  private end(process: PoolProcess): void {
    const at = this.idle.findIndex((entry) => entry.process === process);
    if (at >= 0) this.idle.splice(at, 1);
    process.kill('CLOSED');
  }
}
