import { ModelInputError, requireShape } from '../errors';
import { diversifyBatch } from './diversifyBatch';
import { cosine } from './sketch';
import { highestRows, openRows, type QueueState } from './state';
import { defaultStrategy, unseenShare } from './strategies/default';

/** Why an image is at its position in the queue. */
export type QueueReason = 'COVER' | 'UNCERTAIN' | 'RANDOM';

export interface OrderedQueue {
  /** All candidates, each once, in queue order. */
  order: Int32Array;
  /** One per entry of `order`. */
  reasons: QueueReason[];
}

/** One entry in 20 comes from the dataset's fixed random order. */
const randomEvery = 20;
/** Two images are near-duplicates if the cosine of their sketches is above this. */
const nearDuplicateCosine = 0.9;
/**
 * The next entry should differ from this many entries before it. Annotators lease about as many.
 */
const recentEntries = 4;

function requireRows(what: string, chosen: Int32Array, rows: number): void {
  const bad = chosen.find((row) => row < 0 || row >= rows);
  if (bad !== undefined)
    throw new ModelInputError('VALUE', `${what}: row ${bad} is outside 0 to ${rows - 1}`);
}

function requireState({ pool, candidates, labelled, labels, leased, scores }: QueueState) {
  requireRows('Candidates', candidates, pool.rows);
  requireRows('Labelled', labelled, pool.rows);
  if (leased) requireRows('Leased', leased, pool.rows);
  requireShape('Labels', labels, labelled.length);
  if (scores) requireShape('Margins', scores.margin, pool.rows);
}

/**
 * Orders rows so that each differs from the last few. Annotators who label at the same time then
 * get different images.
 */
async function interleave({ pool }: QueueState, rows: Int32Array): Promise<Int32Array> {
  const sketch = await pool.sketch();
  const remaining = [...rows];
  const out = remaining.splice(0, 1);
  while (remaining.length > 0) {
    const recentRows = out.slice(-recentEntries);
    let [best, minSimilarity] = [0, Infinity];
    remaining.forEach((row, index) => {
      const similarity = Math.max(...recentRows.map((other) => cosine(sketch, row, other)));
      if (similarity < minSimilarity) [best, minSimilarity] = [index, similarity];
    });
    out.push(...remaining.splice(best, 1));
  }
  return Int32Array.from(out);
}

/**
 * Orders candidates by information: first the batch, interleaved and without near-duplicates, then
 * the rest by rising margin.
 */
async function orderByInformation(state: QueueState, batch: number): Promise<Int32Array> {
  const { candidates, scores, pool } = state;
  const chosen = await defaultStrategy(state, batch);
  const taken = new Set(chosen);
  const rest = candidates.filter((row) => !taken.has(row));
  const sorted = scores ? highestRows(rest, (row) => -scores.margin[row]!, rest.length) : rest;
  const sketch = await pool.sketch();
  const order = Int32Array.from([...chosen, ...sorted]);
  const isNearDuplicate = (a: number, b: number): boolean =>
    cosine(sketch, a, b) > nearDuplicateCosine;
  const diversified = diversifyBatch(order, batch, isNearDuplicate);
  const interleaved = await interleave(state, diversified.slice(0, batch));
  diversified.set(interleaved);
  return diversified;
}

/**
 * Orders all candidates for labelling. The first `batch` entries come from the default strategy.
 * One entry in 20 comes from the fixed random order instead, so that its labels are an unbiased
 * sample of the dataset. Leased images are left out of the batch and count as labelled. The same
 * state gives the same order.
 *
 * @param batch number of images to label before the next retrain run
 * @throws ModelInputError `SHAPE` (with both shapes) or `VALUE` (a row outside the pool)
 */
export async function orderQueue(state: QueueState, batch: number): Promise<OrderedQueue> {
  requireState(state);
  const { candidates, scores } = state;
  const batchSize = Math.min(candidates.length, Math.max(1, Math.floor(batch)));
  const preferred = candidates.length > 0 ? await orderByInformation(state, batchSize) : candidates;
  const randomOrder = [...openRows(state), ...(state.leased ?? [])];
  const isCandidate = new Set(candidates);
  const taken = new Set<number>();
  const order = new Int32Array(candidates.length);
  const reasons: QueueReason[] = [];
  const batchReason = scores && unseenShare(state) < 0.5 ? 'UNCERTAIN' : 'COVER';
  const restReason = scores ? 'UNCERTAIN' : 'RANDOM';
  const positions = { preferred: 0, randomOrder: 0 };
  const takeNext = (from: ArrayLike<number>, key: keyof typeof positions): number | undefined => {
    while (positions[key] < from.length) {
      const row = from[positions[key]++]!;
      if (isCandidate.has(row) && !taken.has(row)) return row;
    }
    return undefined;
  };
  for (let position = 0; position < order.length; position++) {
    // The count continues over all labels, because a run may order the queue after a few labels.
    const isRandom = (state.labelled.length + position + 1) % randomEvery === 0;
    const row =
      (isRandom ? takeNext(randomOrder, 'randomOrder') : undefined) ??
      takeNext(preferred, 'preferred');
    if (row === undefined)
      throw new ModelInputError('VALUE', 'Candidates: a row occurs twice. List each row once.');
    order[position] = row;
    taken.add(row);
    reasons.push(isRandom ? 'RANDOM' : position < batchSize ? batchReason : restReason);
  }
  return { order, reasons };
}
