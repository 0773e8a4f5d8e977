import { FairQueue } from './fairQueue';
import { PoolProcess, ProcessEndedError, type ProcessLimits } from './poolProcess';

export interface ProcessPoolOptions extends ProcessLimits {
  /** The compiled file of the processes. It calls `serveTasks`. */
  file: string;
  /** How many processes run at most. Each runs one task at a time. */
  processes: number;
  /** How many tasks of one owner run at once. The others wait for their turn. */
  tasksPerOwner: number;
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
  private closed = false;

  constructor(private readonly options: ProcessPoolOptions) {
    this.queue = new FairQueue(options.tasksPerOwner);
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
    try {
      resolve((await process.run(task)) as Result);
    } catch (error) {
      reject(error as Error);
    } finally {
      this.busy.delete(process);
      this.queue.done(owner);
      this.keep(process);
      this.startNext();
    }
  }

  private takeProcess(): PoolProcess {
    for (let kept = this.idle.pop(); kept; kept = this.idle.pop()) {
      clearTimeout(kept.ends);
      if (kept.process.alive) return kept.process;
    }
    return new PoolProcess(this.options.file, this.options);
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
