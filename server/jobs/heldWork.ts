/**
 * The work that this process does now, by kind and id. The database may list other work under this
 * worker's id. That work was lost, because the database could not be reached when it began or ended.
 */
export class HeldWork {
  private readonly counts = new Map<string, number>();

  /** Call it around everything that records the work in the database. */
  async during<T>(kind: string, id: string, work: () => Promise<T>): Promise<T> {
    const key = keyOf(kind, id);
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    try {
      return await work();
    } finally {
      const left = (this.counts.get(key) ?? 1) - 1;
      if (left === 0) this.counts.delete(key);
      else this.counts.set(key, left);
    }
  }

  has(kind: string, id: string): boolean {
    return this.counts.has(keyOf(kind, id));
  }
}

const keyOf = (kind: string, id: string) => `${kind} ${id}`;
