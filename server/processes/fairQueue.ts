/**
 * A queue in which owners take turns. An owner with a thousand waiting items delays another owner's
 * first item by one item at most.
 */
export class FairQueue<T> {
  /** The order of the keys is the order of the turns. */
  private readonly waiting = new Map<string, T[]>();
  private readonly running = new Map<string, number>();

  /** @param itemsPerOwner how many items of one owner may run at once */
  constructor(private readonly itemsPerOwner: number) {}

  push(owner: string, item: T): void {
    const items = this.waiting.get(owner);
    if (items) items.push(item);
    else this.waiting.set(owner, [item]);
  }

  /** Returns the next item that may run. Call `done` when it ended. */
  take(): { owner: string; item: T } | undefined {
    for (const [owner, items] of this.waiting) {
      if ((this.running.get(owner) ?? 0) >= this.itemsPerOwner) continue;
      const item = items.shift();
      this.waiting.delete(owner);
      // The owner's next item waits behind the other owners.
      if (items.length > 0) this.waiting.set(owner, items);
      if (item === undefined) continue;
      this.running.set(owner, (this.running.get(owner) ?? 0) + 1);
      return { owner, item };
    }
    return undefined;
  }

  done(owner: string): void {
    const left = (this.running.get(owner) ?? 0) - 1;
    if (left > 0) this.running.set(owner, left);
    else this.running.delete(owner);
  }

  /** Empties the queue and returns what waited. */
  clear(): T[] {
    const items = [...this.waiting.values()].flat();
    this.waiting.clear();
    return items;
  }
}
