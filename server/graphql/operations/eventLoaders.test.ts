import { EventLoaders } from './eventLoaders';

beforeEach(() => jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] }));
afterEach(() => jest.useRealTimers());

/** Counts how often the database is asked. */
function countedBatch() {
  const asked: string[][] = [];
  const batch = (ids: readonly string[]) => {
    asked.push([...ids]);
    return Promise.resolve(new Map(ids.map((id) => [id, id])));
  };
  return { asked, batch };
}

test('subscriptions that receive one event read once for it, even one after the other', async () => {
  const loaders = new EventLoaders();
  const { asked, batch } = countedBatch();
  const event = {};
  for (let subscription = 0; subscription < 5; subscription++)
    expect(await loaders.of(event).load(batch, 'image')).toBe('image');
  expect(asked).toEqual([['image']]);
});

test('the next event reads again', async () => {
  const loaders = new EventLoaders();
  const { asked, batch } = countedBatch();
  await loaders.of({}).load(batch, 'image');
  await loaders.of({}).load(batch, 'image');
  expect(asked).toHaveLength(2);
});

test('an event that is delivered late reads again', async () => {
  const loaders = new EventLoaders();
  const { asked, batch } = countedBatch();
  const event = {};
  await loaders.of(event).load(batch, 'image');
  jest.advanceTimersByTime(1_000);
  await loaders.of(event).load(batch, 'image');
  expect(asked).toHaveLength(2);
});
