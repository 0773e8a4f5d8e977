import type { AuthRepository } from './auth.repository';

const checkEveryMs = 1_000;

/**
 * Ends what still runs on a session that has ended: sockets and downloads. A sign-out on this
 * server is noticed at once, one on another server and the end of a session's time within a second.
 */
export class SessionWatch {
  private readonly watched = new Map<string, Set<() => void>>();
  private timer: NodeJS.Timeout | undefined;
  private checking = false;

  constructor(private readonly repository: Pick<AuthRepository, 'findLiveSessions'>) {}

  /** Calls `onEnd` once when the session ends. Call the result to stop watching. */
  watch(tokenHash: Buffer, onEnd: () => void): () => void {
    const key = tokenHash.toString('hex');
    const listeners = this.watched.get(key) ?? new Set();
    this.watched.set(key, listeners.add(onEnd));
    this.timer ??= setInterval(() => void this.check(), checkEveryMs).unref();
    return () => {
      listeners.delete(onEnd);
      if (listeners.size === 0 && this.watched.get(key) === listeners) this.watched.delete(key);
    };
  }

  /** Ends everything that runs on the session. */
  end(tokenHash: Buffer): void {
    this.endKey(tokenHash.toString('hex'));
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private endKey(key: string): void {
    const listeners = this.watched.get(key) ?? [];
    this.watched.delete(key);
    for (const onEnd of listeners) onEnd();
  }

  private async check(): Promise<void> {
    if (this.checking || this.watched.size === 0) return;
    this.checking = true;
    try {
      const keys = [...this.watched.keys()];
      const live = await this.repository.findLiveSessions(
        keys.map((key) => Buffer.from(key, 'hex')),
      );
      const alive = new Set(live.map((hash) => hash.toString('hex')));
      for (const key of keys) if (!alive.has(key)) this.endKey(key);
    } catch {
      // The database cannot be reached, so nobody can sign out. The next check asks again.
    } finally {
      this.checking = false;
    }
  }
}
