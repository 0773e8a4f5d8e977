/**
 * A queue in which owners take turns: next is the owner whose last turn is the longest ago. An owner
 * with a thousand waiting items delays another owner's first item by one item at most.
 */
export class FairQueue<T> {
  private readonly waiting = new Map<string, T[]>();
  private readonly running = new Map<string, number>();
  /** When each owner with items had the last turn. */
  private readonly lastTurn = new Map<string, number>();
  private turns = 0;

  /** @param itemsPerOwner how many items of one owner may run at once */
  constructor(private readonly itemsPerOwner: number) {}

  push(owner: string, item: T): void {
    const items = this.waiting.get(owner);
    if (items) items.push(item);
    else this.waiting.set(owner, [item]);
  }

  /** Returns the next item that may run. Call `done` when it ended. */
  take(): { owner: string; item: T } | undefined {
    const owner = this.nextOwner();
    const items = owner === undefined ? undefined : this.waiting.get(owner);
    const item = items?.shift();
    if (owner === undefined || item === undefined) return undefined;
    if (items?.length === 0) this.waiting.delete(owner);
    this.running.set(owner, (this.running.get(owner) ?? 0) + 1);
    this.lastTurn.set(owner, ++this.turns);
    return { owner, item };
  }

  done(owner: string): void {
    const left = (this.running.get(owner) ?? 0) - 1;
    if (left > 0) this.running.set(owner, left);
    else this.running.delete(owner);
    if (left <= 0 && !this.waiting.has(owner)) this.lastTurn.delete(owner);
  }

  private nextOwner(): string | undefined {
    let next: string | undefined;
    let earliest = Infinity;
    for (const owner of this.waiting.keys()) {
      const turn = this.lastTurn.get(owner) ?? 0;
      if ((this.running.get(owner) ?? 0) >= this.itemsPerOwner || turn >= earliest) continue;
      [next, earliest] = [owner, turn];
    }
    return next;
  }

  /** Empties the queue and returns what waited. */
  clear(): T[] {
    const items = [...this.waiting.values()].flat();
    this.waiting.clear();
    return items;
  }
}
