import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Order, Report } from './attack/main';
import type { Result } from './attack/result';

/** The process in which the attackers work, seen from the measurement. */
export class Attackers {
  readonly results: Result[] = [];
  /** Resolves when everything is sent, or the process has ended. */
  readonly done: Promise<'done' | 'ended'>;
  private readonly ready: Promise<{ queries: number; files: number }>;

  private constructor(private readonly child: ChildProcess) {
    const ended = once(child, 'exit');
    this.ready = new Promise((resolve, reject) => {
      child.on('message', (report: Report) => report.type === 'ready' && resolve(report));
      void ended.then(([code]) => reject(new Error(`The attackers ended with status ${code}`)));
    });
    this.ready.catch(() => {}); // read in `prepare`
    this.done = new Promise((resolve) => {
      child.on('message', (report: Report) => {
        if (report.type === 'result') this.results.push(report.result);
        if (report.type === 'done') resolve('done');
      });
      void ended.then(() => resolve('ended'));
    });
  }

  /** Starts the process and waits until every payload is built. */
  static async prepare(order: Order): Promise<{ attackers: Attackers; planned: string }> {
    const child = fork(join(__dirname, 'attack', 'main.js'), { serialization: 'advanced' });
    const attackers = new Attackers(child);
    child.send(order);
    const { queries, files } = await attackers.ready;
    return { attackers, planned: `${queries} queries and ${files} files` };
  }

  start(): void {
    this.child.send('start');
  }

  stop(): void {
    if (this.child.exitCode === null) this.child.kill('SIGTERM');
  }
}
