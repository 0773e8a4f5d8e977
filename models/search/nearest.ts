/** Rows and their similarities to the query, most similar first. */
export interface Nearest {
  rows: Int32Array;
  similarities: Float32Array;
}

/**
 * Finds the `count` most similar rows in one pass, with a heap of `count` entries. Rows of equal
 * similarity keep their order.
 *
 * @param similarities one per row; -Infinity or NaN excludes a row
 */
export function nearestRows(similarities: Float32Array, count: number): Nearest {
  const size = Math.max(0, Math.min(Math.floor(count), similarities.length));
  const heap = new WorstFirstHeap(similarities, size);
  for (let row = 0; row < similarities.length; row++)
    if (similarities[row]! > -Infinity) heap.insert(row);
  const rows = heap.drainBestFirst();
  return { rows, similarities: Float32Array.from(rows, (row) => similarities[row]!) };
}

/** A heap of at most `size` rows. The least similar row is on top, and a better row replaces it. */
class WorstFirstHeap {
  private readonly rows: Int32Array;
  private length = 0;

  constructor(
    private readonly values: Float32Array,
    size: number,
  ) {
    this.rows = new Int32Array(size);
  }

  insert(row: number): void {
    if (this.length < this.rows.length) {
      this.rows[this.length] = row;
      this.siftUp(this.length++);
    } else if (this.length > 0 && this.isWorse(this.rows[0]!, row)) {
      this.rows[0] = row;
      this.siftDown();
    }
  }

  /** Empties the heap and returns its rows, the most similar first. */
  drainBestFirst(): Int32Array {
    const sorted = new Int32Array(this.length);
    while (this.length > 0) {
      sorted[this.length - 1] = this.rows[0]!;
      this.rows[0] = this.rows[--this.length]!;
      this.siftDown();
    }
    return sorted;
  }

  private isWorse(a: number, b: number): boolean {
    const difference = this.values[a]! - this.values[b]!;
    return difference === 0 ? a > b : difference < 0;
  }

  private siftUp(from: number): void {
    for (let index = from; index > 0;) {
      const parent = (index - 1) >> 1;
      if (!this.isWorse(this.rows[index]!, this.rows[parent]!)) return;
      this.swap(index, parent);
      index = parent;
    }
  }

  private siftDown(): void {
    for (let index = 0; ;) {
      let worst = index;
      for (const child of [2 * index + 1, 2 * index + 2])
        if (child < this.length && this.isWorse(this.rows[child]!, this.rows[worst]!))
          worst = child;
      if (worst === index) return;
      this.swap(index, worst);
      index = worst;
    }
  }

  private swap(a: number, b: number): void {
    [this.rows[a], this.rows[b]] = [this.rows[b]!, this.rows[a]!];
  }
}
