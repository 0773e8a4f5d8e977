interface Waiting<T> {
  /** The items before `first` are taken. Removing each one would move all the others. */
  items: (T | undefined)[];
  first: number;
  /** The round in which the first item is served. */
  round: number;
}

/** Maximum number of taken items that an owner's list still has. */
const maxTakenItems = 1_000;

function forgetTaken(own: Waiting<unknown>): void {
  own.items.splice(0, own.first);
  own.first = 0;
}

/**
 * A queue in which owners take turns: fair queueing by start time, with items of one size. Each owner
 * has one item in each round. A new owner joins the round that is served. So nobody is overtaken for
 * ever, and an owner with a thousand items delays another owner's first one by one item.
 */
export class FairQueue<T> {
  private readonly waiting = new Map<string, Waiting<T>>();
  private readonly running = new Map<string, number>();
  /** The next round of owners that were served in the present one. */
  private readonly next = new Map<string, number>();
  private round = 0;

  /** @param itemsPerOwner how many items of one owner may run at once */
  constructor(private readonly itemsPerOwner: number) {}

  push(owner: string, item: T): void {
    const own = this.waiting.get(owner);
    if (own) own.items.push(item);
    else
      this.waiting.set(owner, {
        items: [item],
        first: 0,
        round: this.next.get(owner) ?? this.round,
      });
  }

  /** Returns the next item that may run. Call `done` when it ended. */
  take(): { owner: string; item: T } | undefined {
    const owner = this.nextOwner();
    const own = owner === undefined ? undefined : this.waiting.get(owner);
    if (owner === undefined || own === undefined) return undefined;
    const item = own.items[own.first] as T;
    own.items[own.first++] = undefined;
    this.begin(own.round);
    // An owner that had to wait for an own item gets nothing back for the rounds in between.
    own.round = this.round + 1;
    this.next.set(owner, own.round);
    if (own.first === own.items.length) this.waiting.delete(owner);
    else if (own.first === maxTakenItems) forgetTaken(own);
    this.running.set(owner, (this.running.get(owner) ?? 0) + 1);
    return { owner, item };
  }

  done(owner: string): void {
    const left = (this.running.get(owner) ?? 0) - 1;
    if (left > 0) this.running.set(owner, left);
    else this.running.delete(owner);
  }

  private begin(round: number): void {
    if (round <= this.round) return;
    this.round = round;
    for (const [owner, next] of this.next) if (next <= round) this.next.delete(owner);
  }

  private nextOwner(): string | undefined {
    let next: string | undefined;
    let earliest = Infinity;
    for (const [owner, { round }] of this.waiting) {
      if ((this.running.get(owner) ?? 0) >= this.itemsPerOwner || round >= earliest) continue;
      [next, earliest] = [owner, round];
    }
    return next;
  }

  /** Empties the queue and returns what waited. */
  clear(): T[] {
    const items = [...this.waiting.values()].flatMap((own) => own.items.slice(own.first) as T[]);
    this.waiting.clear();
    return items;
  }
}
