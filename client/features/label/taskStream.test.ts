import type { LabelQueueImageFragment, LibTaskImageFragment } from '../../gql/operations';
import { queueRows } from './queueRows';
import { emptyStream, reduceStream, type StreamAction, type StreamTask } from './taskStream';

const image = (id: string): LibTaskImageFragment => ({
  id,
  fileName: `${id}.jpg`,
  width: 1,
  height: 1,
  url: '',
  thumbnailUrl: '',
  version: 3,
  consensus: null,
  prediction: null,
});
const task = (id: string): StreamTask => ({
  image: image(id),
  lease: { leaseToken: `lease ${id}`, leaseExpiresAt: '' },
  expectedVersion: 3,
});
const cat = { id: 'cat', name: 'cat', color: '#000000' };
const play = (...actions: StreamAction[]) => actions.reduce(reduceStream, emptyStream);
const leased = (...ids: string[]): StreamAction => ({ type: 'leased', tasks: ids.map(task) });
const answered: StreamAction = { type: 'answered', entryId: 'e', answer: cat, at: 1 };
const idsOf = (stream: ReturnType<typeof play>) => stream.upcoming.map((one) => one.image.id);

it('appends new tasks after the held ones, each once', () => {
  expect(idsOf(play(leased('a', 'b'), leased('b', 'c')))).toEqual(['a', 'b', 'c']);
});

it('does not offer an image again that was answered during the lease request', () => {
  expect(idsOf(play(leased('a', 'b'), answered, leased('a', 'c')))).toEqual(['b', 'c']);
});

it('is exhausted after a request without new tasks, until more are announced', () => {
  expect(play(leased('a'), leased()).exhausted).toBe(true);
  expect(play(leased('a'), leased(), { type: 'more' }).exhausted).toBe(false);
});

it('restores an answered image on undo, without the lease that the answer used up', () => {
  const stream = play(leased('a', 'b'), answered, { type: 'undone', cancelled: false });
  expect(idsOf(stream)).toEqual(['a', 'b']);
  expect(stream.upcoming[0]?.lease).toBeUndefined();
  expect(stream.upcoming[0]?.expectedVersion).toBeUndefined();
  expect(stream.answered).toBe(0);
});

it('restores the reason of the task, whether the answer was sent or not', () => {
  const taskWithReason: StreamAction = {
    type: 'leased',
    tasks: [{ ...task('a'), reason: 'COVER' }],
  };
  for (const cancelled of [true, false])
    expect(play(taskWithReason, answered, { type: 'undone', cancelled }).upcoming[0]?.reason).toBe(
      'COVER',
    );
});

it('restores the lease if the answer was never sent', () => {
  const stream = play(leased('a'), answered, { type: 'undone', cancelled: true });
  expect(stream.upcoming[0]?.lease?.leaseToken).toBe('lease a');
});

it('removes prefetched tasks whose lease was lost, but not the image on screen', () => {
  const tokens = ['lease a', 'lease b'];
  const stream = play(leased('a', 'b', 'c'), { type: 'lost', tokens });
  expect(idsOf(stream)).toEqual(['a', 'c']);
  expect(stream.upcoming[0]?.lease).toBeUndefined();
});

it('updates the predictions of waiting tasks, but not of the image on screen', () => {
  const predictedCat = (confidence: number): LibTaskImageFragment['prediction'] => ({
    class: { ...cat, hotkey: null, position: 0 },
    confidence,
    margin: 0,
    top: [],
    run: { id: 'r', number: 1 },
  });
  const predictedImage = (id: string, confidence: number) => ({
    ...image(id),
    prediction: predictedCat(confidence),
  });
  const first = play(leased('a', 'b'), { type: 'predicted', images: [predictedImage('a', 0.1)] });
  expect(first.upcoming[0]?.image.prediction?.confidence).toBe(0.1);
  const images = [predictedImage('a', 0.9), predictedImage('b', 0.8)];
  const second = reduceStream(first, { type: 'predicted', images });
  expect(second.upcoming.map((one) => one.image.prediction?.confidence)).toEqual([0.1, 0.8]);
});

describe('the queue of one person', () => {
  const queued = (id: string, more: Partial<LabelQueueImageFragment> = {}) => ({
    id,
    fileName: '',
    thumbnailUrl: '',
    version: 0,
    consensus: null,
    prediction: null,
    leasedBy: [],
    ...more,
  });
  const rowsFor = (queue: LabelQueueImageFragment[], stream = play(leased('a', 'b'))) =>
    queueRows({ stream, queue, viewerId: 'me', length: 10 });
  const order = (rows: ReturnType<typeof rowsFor>) => rows.map((row) => row.image.id);

  it('keeps shown and prefetched tasks in place when the queue is reordered', () => {
    const before = rowsFor(['a', 'b', 'c', 'd'].map((id) => queued(id)));
    const after = rowsFor(['d', 'b', 'c', 'a'].map((id) => queued(id)));
    expect(order(before)).toEqual(['a', 'b', 'c', 'd']);
    expect(order(after)).toEqual(['a', 'b', 'd', 'c']);
    expect(after.map(({ place }) => place)).toEqual(['now', 'next', 'queued', 'queued']);
  });

  it('leaves out an image just answered, before the server confirms it', () => {
    const stream = play(leased('a', 'b'), answered);
    expect(order(rowsFor([queued('a'), queued('c')], stream))).toEqual(['b', 'c']);
  });

  it('names the other people who hold an image, but not the viewer', () => {
    const leasedBy = [
      { id: 'me', name: 'Me' },
      { id: 'ada', name: 'Ada' },
    ];
    const row = rowsFor([queued('c', { leasedBy })]).at(-1);
    expect(row?.leasedBy).toEqual([{ id: 'ada', name: 'Ada' }]);
  });
});

describe('in an audit', () => {
  const blind = (...ids: string[]): StreamAction => ({
    type: 'leased',
    tasks: ids.map((id) => ({ ...task(id), blind: true, isAudit: true })),
  });
  const prediction = { class: cat, confidence: 0.9, top: [], run: { id: 'r', number: 1 } };

  it('ignores the predictions of a new run', () => {
    const images = [{ ...image('b'), prediction } as unknown as LibTaskImageFragment];
    const upcomingOf = (first: StreamAction) => play(first, { type: 'predicted', images }).upcoming;
    expect(upcomingOf(leased('a', 'b'))[1]?.image.prediction).toBeTruthy();
    expect(upcomingOf(blind('a', 'b'))[1]?.image.prediction).toBeNull();
  });

  it('offers a skipped image again, but not an answered one', () => {
    const stream = play(blind('a', 'b'), { type: 'skipped', at: 1 }, answered, blind('a', 'b'));
    expect(idsOf(stream)).toEqual(['a']);
  });

  it('waits for a new lease before it shows an image whose answer was undone', () => {
    const taken = play(blind('a', 'b'), answered, { type: 'undone', cancelled: false });
    expect(idsOf(taken)).toEqual(['b']);
    expect(idsOf(reduceStream(taken, blind('a')))).toEqual(['b', 'a']);
  });
});
