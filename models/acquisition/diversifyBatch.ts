/**
 * Moves an image that is a near-duplicate of an earlier one in the batch to just after the batch.
 *
 * @param order rows in queue order
 * @param batch number of images to label before the next retrain run
 * @param isNearDuplicate whether two rows are near-duplicates
 * @returns the same rows in the new order
 */
export function diversifyBatch(
  order: Int32Array,
  batch: number,
  isNearDuplicate: (a: number, b: number) => boolean,
): Int32Array {
  const chosen: number[] = [];
  const postponed: number[] = [];
  let position = 0;
  for (; position < order.length && chosen.length < batch && postponed.length < batch; position++) {
    const row = order[position]!;
    (chosen.some((other) => isNearDuplicate(row, other)) ? postponed : chosen).push(row);
  }
  const reordered = new Int32Array(order.length);
  reordered.set(chosen);
  reordered.set(postponed, chosen.length);
  reordered.set(order.subarray(position), position);
  return reordered;
}
