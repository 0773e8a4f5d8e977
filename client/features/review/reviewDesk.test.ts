import {
  emptyDesk,
  reduceDesk,
  type PastAnswer,
  type ReviewDesk,
  type ReviewTask,
} from './reviewDesk';

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
const taskOf = (id: string): ReviewTask => ({ image: imageOf(id), lease: leaseOf(`lease of ${id}`) }); // prettier-ignore
const pastOf = (id: string): PastAnswer => ({
  labelId: `label of ${id}`,
  image: imageOf(id),
  answer: cat,
});

const answered = (desk: ReviewDesk, id: string) =>
  reduceDesk(desk, { type: 'answered', past: pastOf(id) });
const undone = (desk: ReviewDesk, id: string) =>
  reduceDesk(desk, { type: 'undone', labelId: `label of ${id}`, image: imageOf(id, 3) });
const ids = ({ tasks }: ReviewDesk) => tasks?.map(({ image }) => image.id);

const full = reduceDesk(emptyDesk, { type: 'leased', tasks: ['a', 'b', 'c'].map(taskOf) });

it('brings answers back one by one, newest first, each in front', () => {
  const done = answered(answered(full, 'a'), 'b');
  expect(ids(done)).toEqual(['c']);
  const once = undone(done, 'b');
  expect(ids(once)).toEqual(['b', 'c']);
  expect(once.past.map(({ image }) => image.id)).toEqual(['a']);
  expect(ids(undone(once, 'a'))).toEqual(['a', 'b', 'c']);
});

it('shows what the image is now, without the lease that the answer used up', () => {
  const [first] = undone(answered(full, 'a'), 'a').tasks ?? [];
  expect(first).toEqual({ image: imageOf('a', 3), lease: undefined });
});

it('gives what came back its lease where it stands, and puts others behind', () => {
  const back = undone(answered(full, 'a'), 'a');
  const held = reduceDesk(back, { type: 'leased', tasks: [taskOf('d'), taskOf('a')] });
  expect(ids(held)).toEqual(['a', 'b', 'c', 'd']);
  expect(held.tasks?.[0]).toEqual({ image: imageOf('a', 3), lease: leaseOf('lease of a') });
});

it('keeps a lease that came before the word that the answer is taken back', () => {
  const early = reduceDesk(answered(full, 'a'), { type: 'leased', tasks: [taskOf('a')] });
  const desk = undone(early, 'a');
  expect(ids(desk)).toEqual(['a', 'b', 'c']);
  expect(desk.tasks?.[0]?.lease).toEqual(leaseOf('lease of a'));
});

it('drops what was lent to others, but not what has no lease', () => {
  const back = undone(answered(full, 'a'), 'a');
  expect(ids(reduceDesk(back, { type: 'lost', tokens: ['lease of b'] }))).toEqual(['a', 'c']);
});

it('forgets an answer that cannot be taken back, and an image that changed meanwhile', () => {
  const done = answered(answered(full, 'a'), 'b');
  const final = reduceDesk(done, { type: 'final', labelId: 'label of b' });
  expect(final.past.map(({ image }) => image.id)).toEqual(['a']);
  expect(ids(final)).toEqual(['c']);
  expect(ids(reduceDesk(full, { type: 'outdated', imageId: 'a' }))).toEqual(['b', 'c']);
});

it('knows the empty lane from one that was not asked yet', () => {
  expect(emptyDesk.tasks).toBeUndefined();
  expect(reduceDesk(emptyDesk, { type: 'leased', tasks: [] }).tasks).toEqual([]);
});
