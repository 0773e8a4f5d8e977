/**
 * Moves what is nearly the same image as an earlier one of its batch to just behind the batch.
 *
 * @param order rows in the order to ask
 * @param batch images asked about before the next retrain run
 * @param isSame whether two rows are nearly the same
 */
export function diversifyBatch(
  order: Int32Array,
  batch: number,
  isSame: (a: number, b: number) => boolean,
): Int32Array {
  const chosen: number[] = [];
  const later: number[] = [];
  let at = 0;
  for (; at < order.length && chosen.length < batch && later.length < batch; at++) {
    const row = order[at]!;
    (chosen.some((other) => isSame(row, other)) ? later : chosen).push(row);
  }
  const out = new Int32Array(order.length);
  out.set(chosen);
  out.set(later, chosen.length);
  out.set(order.subarray(at), at);
  return out;
}
