import { setTimeout as delay } from 'node:timers/promises';
import { isPostgres, isWorker, memoryOf, processTree, type Process } from './processes';

const sampleEveryMs = 250;
const healthEveryMs = 2_000;
const hungAfterMs = 60_000;

/** Watches the server's processes from outside: their memory, and whether they are still the same. */
export class ServerWatch {
  /** Sum over our processes in MiB, one entry per sample. */
  readonly memoryMiB: number[] = [];
  restarts = 0;
  /** What ended the server, if it has ended or no longer answers. */
  downBecause: string | undefined;
  private worker: number | undefined;
  private tree: Process[] = [];
  private stopped = false;
  private readonly work: Promise<unknown>[] = [];

  constructor(private readonly server: { pid: number; url: string; ended: Promise<string> }) {}

  start(): void {
    void this.server.ended.then((why) => {
      if (!this.stopped) this.downBecause ??= `the API ended: ${why}`;
    });
    this.work.push(this.sample(), this.checkHealth());
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.work);
  }

  /** Ends what the server left behind when it ended by itself, such as its PostgreSQL. */
  async endLeftOvers(): Promise<void> {
    for (const before of this.tree) {
      const [now] = await processTree(before.pid);
      if (now?.name !== before.name || now.pid === this.server.pid) continue;
      // For PostgreSQL this is the fast end without a wait for clients.
      process.kill(now.pid, isPostgres(now) ? 'SIGQUIT' : 'SIGKILL');
    }
  }

  private async sample(): Promise<void> {
    while (!this.stopped && !this.downBecause) {
      const tree = await processTree(this.server.pid);
      if (tree.length > 0) {
        this.tree = tree;
        this.noticeWorker(tree);
        const ours = tree.filter((one) => !isPostgres(one));
        const bytes = await Promise.all(ours.map(({ pid }) => memoryOf(pid)));
        this.memoryMiB.push(bytes.reduce((sum, one) => sum + one, 0) / 2 ** 20);
      }
      await delay(sampleEveryMs);
    }
  }

  /** A worker that ended is replaced by one with another id. */
  private noticeWorker(tree: readonly Process[]): void {
    const workers = tree.filter((one) => one.parent === this.server.pid && isWorker(one));
    const [first] = workers;
    if (!first || workers.some(({ pid }) => pid === this.worker)) return;
    if (this.worker !== undefined) this.restarts++;
    this.worker = first.pid;
  }

  private async checkHealth(): Promise<void> {
    for (let answeredAt = Date.now(); !this.stopped && !this.downBecause;) {
      const signal = AbortSignal.timeout(hungAfterMs / 4);
      const answer = await fetch(`${this.server.url}/healthz`, { signal }).catch(() => undefined);
      await answer?.arrayBuffer().catch(() => undefined);
      if (answer?.ok) answeredAt = Date.now();
      if (Date.now() - answeredAt > hungAfterMs)
        this.downBecause ??= `the API did not answer /healthz for ${hungAfterMs / 1_000} s`;
      for (let wait = 0; wait < healthEveryMs && !this.stopped; wait += 100) await delay(100);
    }
  }
}
