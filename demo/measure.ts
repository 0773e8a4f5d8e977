export const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Returns the value that a share of all values does not exceed (nearest rank), or null without
 * values.
 */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}

export const rounded = (value: number | null, digits: number): number | null =>
  value === null ? null : Number(value.toFixed(digits));

/** Measures how fast a count grew, from its first to its last change. */
export class RateMeter {
  private first: { at: number; count: number } | undefined;
  private last: { at: number; count: number } | undefined;

  saw(count: number, at: number): void {
    if (count === 0 || count <= (this.last?.count ?? 0)) return;
    this.first ??= { at, count };
    this.last = { at, count };
  }

  /** Null until it has grown twice. */
  perSecond(): number | null {
    if (!this.first || !this.last || this.last.at <= this.first.at) return null;
    return ((this.last.count - this.first.count) / (this.last.at - this.first.at)) * 1_000;
  }
}
