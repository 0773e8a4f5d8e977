import {
  initialReview,
  reduceReview,
  type PastAnswer,
  type ReviewState,
  type ReviewTask,
} from './reviewState';

const cat = { id: 'cat', name: 'cat', hotkey: 'q', color: '#000000', position: 0, archived: false };
const imageOf = (id: string, version = 1): ReviewTask['image'] => ({
  id,
  fileName: `${id}.jpg`,
  url: '',
  version,
  labels: [],
  review: null,
});
const leaseOf = (token: string) => ({ leaseToken: token, leaseExpiresAt: '2030-01-01T00:00:00Z' });
const taskOf = (id: string): ReviewTask => ({
  image: imageOf(id),
  lease: leaseOf(`lease of ${id}`),
});
const pastOf = (id: string): PastAnswer => ({
  labelId: `label of ${id}`,
  image: imageOf(id),
  answer: cat,
});

const answered = (state: ReviewState, id: string) =>
  reduceReview(state, { type: 'answered', past: pastOf(id) });
const undone = (state: ReviewState, id: string) =>
  reduceReview(state, { type: 'undone', labelId: `label of ${id}`, image: imageOf(id, 3) });
const ids = ({ tasks }: ReviewState) => tasks?.map(({ image }) => image.id);

const full = reduceReview(initialReview, { type: 'leased', tasks: ['a', 'b', 'c'].map(taskOf) });

it('undoes answers one by one, newest first, and puts each image in front', () => {
  const done = answered(answered(full, 'a'), 'b');
  expect(ids(done)).toEqual(['c']);
  const once = undone(done, 'b');
  expect(ids(once)).toEqual(['b', 'c']);
  expect(once.past.map(({ image }) => image.id)).toEqual(['a']);
  expect(ids(undone(once, 'a'))).toEqual(['a', 'b', 'c']);
});

it('shows the current image after an undo, without the lease that the answer used up', () => {
  const [first] = undone(answered(full, 'a'), 'a').tasks ?? [];
  expect(first).toEqual({ image: imageOf('a', 3), lease: undefined });
});

it('gives an undone task its new lease in place, and appends other tasks', () => {
  const restored = undone(answered(full, 'a'), 'a');
  const held = reduceReview(restored, { type: 'leased', tasks: [taskOf('d'), taskOf('a')] });
  expect(ids(held)).toEqual(['a', 'b', 'c', 'd']);
  expect(held.tasks?.[0]).toEqual({ image: imageOf('a', 3), lease: leaseOf('lease of a') });
});

it('keeps a lease that arrived before the confirmation of the undo', () => {
  const early = reduceReview(answered(full, 'a'), { type: 'leased', tasks: [taskOf('a')] });
  const state = undone(early, 'a');
  expect(ids(state)).toEqual(['a', 'b', 'c']);
  expect(state.tasks?.[0]?.lease).toEqual(leaseOf('lease of a'));
});

it('removes tasks whose lease was lost, but not tasks without a lease', () => {
  const restored = undone(answered(full, 'a'), 'a');
  expect(ids(reduceReview(restored, { type: 'lost', tokens: ['lease of b'] }))).toEqual(['a', 'c']);
});

it('removes an answer that cannot be undone, and an image that has changed', () => {
  const done = answered(answered(full, 'a'), 'b');
  const final = reduceReview(done, { type: 'final', labelId: 'label of b' });
  expect(final.past.map(({ image }) => image.id)).toEqual(['a']);
  expect(ids(final)).toEqual(['c']);
  expect(ids(reduceReview(full, { type: 'outdated', imageId: 'a' }))).toEqual(['b', 'c']);
});

it('distinguishes an empty lane from one that was not requested yet', () => {
  expect(initialReview.tasks).toBeUndefined();
  expect(reduceReview(initialReview, { type: 'leased', tasks: [] }).tasks).toEqual([]);
});
