import { fork, type ChildProcess } from 'node:child_process';
import { workInBackground } from './background';
import { processMemoryMiB } from './processMemory';
import type { PoolMessage, TaskMessage } from './serveTasks';

/** What one process of a pool may use. */
export interface ProcessLimits {
  /** How long one task may take. */
  deadlineMs: number;
  /** How much memory a process may hold in RAM. Enforced on Linux. */
  memoryMiB: number;
  /** The part of it that the JavaScript heap may take. */
  heapMiB: number;
  /** The whole environment of a process. It inherits nothing, so it sees no secret. */
  env: NodeJS.ProcessEnv;
}

/** Why a process ended before its task did. */
export type ProcessEnd = 'DEADLINE' | 'MEMORY' | 'CRASH' | 'CLOSED';

const endWords: Record<ProcessEnd, string> = {
  DEADLINE: 'The task took longer than its deadline.',
  MEMORY: 'The task needed more memory than its limit.',
  CRASH: 'The process of the task ended unexpectedly.',
  CLOSED: 'The process pool was closed.',
};

/** The process of a task ended before the task did. */
export class ProcessEndedError extends Error {
  constructor(readonly end: ProcessEnd) {
    super(endWords[end]);
  }
}

const memoryCheckMs = 20;
/** A process that does not start within this time counts as crashed, on a busy machine too. */
const startLimitMs = 60_000;

interface Running {
  id: number;
  reserve: (mebibytes: number) => Promise<void>;
  resolve: (result: unknown) => void;
  reject: (error: Error) => void;
}

/** One child process, which runs one task at a time under its limits. */
export class PoolProcess {
  private readonly child: ChildProcess;
  private readonly ready: Promise<void>;
  private running: Running | undefined;
  private ended: ProcessEnd | undefined;
  private tasks = 0;
  private deadline: NodeJS.Timeout | undefined;

  constructor(
    file: string,
    private readonly limits: ProcessLimits,
  ) {
    this.child = fork(file, [], {
      serialization: 'advanced',
      env: limits.env,
      execArgv: [
        `--max-old-space-size=${limits.heapMiB}`,
        '--max-semi-space-size=1',
        '--expose-gc',
      ],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    // Starting the process needs much CPU time, so its priority is lowered at once.
    if (this.child.pid !== undefined) workInBackground(this.child.pid);
    // A server that ends does not wait for its processes. They end when the channel closes.
    this.child.unref();
    this.child.channel?.unref();
    this.ready = new Promise((resolve) => {
      this.child.on('message', (message: PoolMessage) => {
        if (message.kind === 'ready') resolve();
        else if (message.kind === 'reserve') void this.reserve(message);
        else this.settle(message);
      });
    });
    const crashed = () => this.kill('CRASH');
    this.child.on('error', crashed);
    this.child.once('exit', crashed);
  }

  get pid(): number {
    return this.child.pid ?? -1;
  }

  get alive(): boolean {
    return this.ended === undefined;
  }

  /**
   * @param reserve waits until the pool has that much memory free
   * @throws ProcessEndedError, or Error with the message of the task's own error
   */
  async run(task: unknown, reserve: Running['reserve']): Promise<unknown> {
    const id = ++this.tasks;
    const start = setTimeout(() => this.kill('CRASH'), startLimitMs);
    const watch = setInterval(() => void this.checkMemory(), memoryCheckMs);
    try {
      return await new Promise((resolve, reject) => {
        if (this.ended) return reject(new ProcessEndedError(this.ended));
        this.running = { id, resolve, reject, reserve };
        void this.ready.then(() => {
          clearTimeout(start);
          if (this.ended) return;
          this.send({ kind: 'task', id, task });
        });
      });
    } finally {
      clearTimeout(start);
      clearTimeout(this.deadline);
      clearInterval(watch);
      this.running = undefined;
    }
  }

  /** Ends the process at once. Its task fails with this reason. */
  kill(end: ProcessEnd): void {
    if (this.ended) return;
    this.ended = end;
    this.child.kill('SIGKILL');
    this.running?.reject(new ProcessEndedError(end));
  }

  /** The time of the task counts from here. */
  private send(message: TaskMessage): void {
    this.deadline = setTimeout(() => this.kill('DEADLINE'), this.limits.deadlineMs);
    this.child.send(message, (error) => {
      if (error) this.kill('CRASH');
    });
  }

  private async reserve({ id, mebibytes }: { id: number; mebibytes: number }): Promise<void> {
    if (id !== this.running?.id) return;
    clearTimeout(this.deadline);
    await this.running.reserve(mebibytes);
    if (!this.ended) this.send({ kind: 'granted' });
  }

  private settle(message: Extract<PoolMessage, { kind: 'done' | 'failed' }>): void {
    if (message.id !== this.running?.id) return;
    if (message.kind === 'done') this.running.resolve(message.result);
    else this.running.reject(new Error(message.message));
  }

  private async checkMemory(): Promise<void> {
    const used = await processMemoryMiB(this.pid);
    if (used !== undefined && used > this.limits.memoryMiB) this.kill('MEMORY');
  }
}
