/** Rows with how much they resemble what was asked for, most alike first. */
export interface Nearest {
  rows: Int32Array;
  similarities: Float32Array;
}

/**
 * The `count` rows of the largest similarity, by one pass and a heap of `count` entries. Rows that are alike to the
 * same degree come in their order.
 *
 * @param similarities one per row; -Infinity, or NaN, for a row that is not to be found
 */
export function nearestRows(similarities: Float32Array, count: number): Nearest {
  const size = Math.max(0, Math.min(Math.floor(count), similarities.length));
  const heap = new WorstFirst(similarities, size);
  for (let row = 0; row < similarities.length; row++)
    if (similarities[row]! > -Infinity) heap.offer(row);
  const rows = heap.drain();
  return { rows, similarities: Float32Array.from(rows, (row) => similarities[row]!) };
}

/** A heap of at most `size` rows with the least alike on top: the one that a better row replaces. */
class WorstFirst {
  private readonly rows: Int32Array;
  private length = 0;

  constructor(
    private readonly values: Float32Array,
    size: number,
  ) {
    this.rows = new Int32Array(size);
  }

  offer(row: number): void {
    if (this.length < this.rows.length) {
      this.rows[this.length] = row;
      this.rise(this.length++);
    } else if (this.length > 0 && this.isWorse(this.rows[0]!, row)) {
      this.rows[0] = row;
      this.sink();
    }
  }

  /** Empties it: the best row first. */
  drain(): Int32Array {
    const sorted = new Int32Array(this.length);
    while (this.length > 0) {
      sorted[this.length - 1] = this.rows[0]!;
      this.rows[0] = this.rows[--this.length]!;
      this.sink();
    }
    return sorted;
  }

  private isWorse(a: number, b: number): boolean {
    const difference = this.values[a]! - this.values[b]!;
    return difference === 0 ? a > b : difference < 0;
  }

  private rise(from: number): void {
    for (let at = from; at > 0;) {
      const parent = (at - 1) >> 1;
      if (!this.isWorse(this.rows[at]!, this.rows[parent]!)) return;
      this.swap(at, parent);
      at = parent;
    }
  }

  private sink(): void {
    for (let at = 0; ;) {
      let worst = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < this.length && this.isWorse(this.rows[child]!, this.rows[worst]!))
          worst = child;
      if (worst === at) return;
      this.swap(at, worst);
      at = worst;
    }
  }

  private swap(a: number, b: number): void {
    [this.rows[a], this.rows[b]] = [this.rows[b]!, this.rows[a]!];
  }
}
