import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Order, Report } from './attack/main';
import { parts } from './attack/plan';
import type { Result } from './attack/result';

type End = 'done' | 'ended';

/** One process of the attackers, seen from the measurement. */
class AttackProcess {
  private readonly child: ChildProcess;
  private readonly exit: Promise<unknown>;

  constructor(private readonly order: Order) {
    // It needs its own session, because Linux compares priorities only within one, and whole sessions.
    this.child = fork(join(__dirname, 'attack', 'main.js'), {
      serialization: 'advanced',
      detached: true,
    });
    this.exit = once(this.child, 'exit');
  }

  /** Resolves when every payload is built. */
  async prepare(): Promise<{ queries: number; files: number }> {
    const ready = new Promise<{ queries: number; files: number }>((resolve) =>
      this.child.on('message', (report: Report) => report.type === 'ready' && resolve(report)),
    );
    const failed = this.exit.then(() => {
      throw new Error(`The attackers’ process ended with status ${this.child.exitCode}`);
    });
    this.child.send(this.order);
    return Promise.race([ready, failed]);
  }

  /** Resolves when everything is sent, or the process has ended. */
  start(onResult: (result: Result) => void): Promise<End> {
    const done = new Promise<End>((resolve) =>
      this.child.on('message', (report: Report) => {
        if (report.type === 'result') onResult(report.result);
        if (report.type === 'done') resolve('done');
      }),
    );
    this.child.send('start');
    return Promise.race([done, this.exit.then((): End => 'ended')]);
  }

  stop(): void {
    if (this.child.exitCode === null) this.child.kill('SIGTERM');
  }
}

/** The processes in which the attackers work, seen from the measurement. */
export class Attackers {
  readonly results: Result[] = [];

  private constructor(private readonly processes: readonly AttackProcess[]) {}

  /** Starts the processes and waits until every payload is built. */
  static async prepare(
    order: Omit<Order, 'part'>,
  ): Promise<{ attackers: Attackers; planned: string }> {
    const processes = parts.map((part) => new AttackProcess({ ...order, part }));
    const attackers = new Attackers(processes);
    try {
      const built = await Promise.all(processes.map((one) => one.prepare()));
      const count = (kind: 'queries' | 'files') => built.reduce((sum, one) => sum + one[kind], 0);
      return { attackers, planned: `${count('queries')} queries and ${count('files')} files` };
    } catch (error) {
      attackers.stop();
      throw error;
    }
  }

  /** Resolves when everything is sent, or a process has ended before. */
  async start(): Promise<End> {
    const ends = await Promise.all(
      this.processes.map((one) => one.start((result) => this.results.push(result))),
    );
    return ends.every((end) => end === 'done') ? 'done' : 'ended';
  }

  stop(): void {
    for (const one of this.processes) one.stop();
  }
}
