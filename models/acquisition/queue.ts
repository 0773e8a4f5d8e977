import { ModelInputError, requireShape } from '../errors';
import { diversifyBatch } from './diversifyBatch';
import { cosine } from './sketch';
import { highest, openRows, type QueueState } from './state';
import { composed, unseenShare } from './strategies/default';

/** Why an image stands where it does in the queue. */
export type QueueReason = 'COVER' | 'UNCERTAIN' | 'RANDOM';

export interface OrderedQueue {
  /** All candidates, each once, in the order to ask. */
  order: Int32Array;
  /** One per entry of `order`. */
  reasons: QueueReason[];
}

/** Every so manieth entry is the next in the dataset's fixed random order. */
const randomEvery = 20;
/** Cosine of sketches above which two images are nearly the same. */
const sameCosine = 0.9;
/** Entries that a batch's next one should be unlike: people lease about so many at once. */
const recent = 4;

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

/** Next comes what is least like the last few, so that people who label at once stand apart. */
async function interleave({ pool }: QueueState, rows: Int32Array): Promise<Int32Array> {
  const sketch = await pool.sketch();
  const left = [...rows];
  const out = left.splice(0, 1);
  while (left.length > 0) {
    const last = out.slice(-recent);
    let [best, bestLikeness] = [0, Infinity];
    left.forEach((row, at) => {
      const likeness = Math.max(...last.map((other) => cosine(sketch, row, other)));
      if (likeness < bestLikeness) [best, bestLikeness] = [at, likeness];
    });
    out.push(...left.splice(best, 1));
  }
  return Int32Array.from(out);
}

/** The batch, without near-duplicates and interleaved; then the rest, the least sure first. */
async function informative(state: QueueState, batch: number): Promise<Int32Array> {
  const { candidates, scores, pool } = state;
  const chosen = await composed(state, batch);
  const taken = new Set(chosen);
  const rest = candidates.filter((row) => !taken.has(row));
  const sorted = scores ? highest(rest, (row) => -scores.margin[row]!, rest.length) : rest;
  const sketch = await pool.sketch();
  const order = Int32Array.from([...chosen, ...sorted]);
  const isSame = (a: number, b: number): boolean => cosine(sketch, a, b) > sameCosine;
  const diversified = diversifyBatch(order, batch, isSame);
  const front = await interleave(state, diversified.slice(0, batch));
  diversified.set(front);
  return diversified;
}

/**
 * The order in which to ask about images: all candidates, each once. Its first `batch` entries are
 * the product's own choice (`composed`); every twentieth is the next of the candidates in their fixed
 * random order instead, whose labels say without bias what the dataset is like. Leased images are
 * left out of the batch and count as labelled. The same state gives the same order.
 *
 * @param batch images asked about before the next retrain run
 * @throws ModelInputError `SHAPE` (with both shapes) or `VALUE` (a row outside the pool)
 */
export async function orderQueue(state: QueueState, batch: number): Promise<OrderedQueue> {
  requireState(state);
  const { candidates, scores } = state;
  const wanted = Math.min(candidates.length, Math.max(1, Math.floor(batch)));
  const best = candidates.length > 0 ? await informative(state, wanted) : candidates;
  const drawn = [...openRows(state), ...(state.leased ?? [])];
  const isCandidate = new Set(candidates);
  const taken = new Set<number>();
  const order = new Int32Array(candidates.length);
  const reasons: QueueReason[] = [];
  const front = scores && unseenShare(state) < 0.5 ? 'UNCERTAIN' : 'COVER';
  const behind = scores ? 'UNCERTAIN' : 'RANDOM';
  const heads = { best: 0, drawn: 0 };
  const next = (from: ArrayLike<number>, key: 'best' | 'drawn'): number | undefined => {
    while (heads[key] < from.length) {
      const row = from[heads[key]++]!;
      if (isCandidate.has(row) && !taken.has(row)) return row;
    }
    return undefined;
  };
  for (let at = 0; at < order.length; at++) {
    // Counted over all labels: runs that come every few labels must not begin the count anew.
    const isRandom = (state.labelled.length + at + 1) % randomEvery === 0;
    const row = (isRandom ? next(drawn, 'drawn') : undefined) ?? next(best, 'best');
    if (row === undefined) throw new ModelInputError('VALUE', 'Candidates: a row is given twice');
    order[at] = row;
    taken.add(row);
    reasons.push(isRandom ? 'RANDOM' : at < wanted ? front : behind);
  }
  return { order, reasons };
}
