import { Outbox } from './outbox';
import { createOutboxStorage } from './outboxStorage';
import {
  type Answer,
  type LabelEntry,
  type OutboxTransport,
  type Outcome,
  type Refusal,
  RequestRefused,
  type UndoEntry,
} from './outboxTypes';

class MemoryStorage implements Storage {
  [name: string]: unknown;
  get length() {
    return Object.keys(this).length;
  }
  clear() {}
  key() {
    return null;
  }
  getItem(key: string) {
    return (this[key] as string | undefined) ?? null;
  }
  setItem(key: string, value: string) {
    this[key] = value;
  }
  removeItem(key: string) {
    delete this[key];
  }
}

const answer = (id: string, className = 'cat'): Answer => ({
  datasetId: 'd',
  image: { id, fileName: `${id}.jpg`, thumbnailUrl: '' },
  class: { id: className, name: className },
});
const about = (id: string) => ({ datasetId: 'd', image: answer(id).image });
const settle = () => jest.advanceTimersByTimeAsync(0);

/** A server that records what it receives, and fails on request. */
class Server implements OutboxTransport {
  readonly labels: LabelEntry[][] = [];
  readonly undone: (UndoEntry & { labelId: string })[] = [];
  failure: Error | undefined;
  readonly refuse = new Map<string, Outcome>();

  sendLabels = async (entries: LabelEntry[]): Promise<Outcome[]> => {
    this.labels.push(entries);
    await Promise.resolve();
    if (this.failure) throw this.failure;
    return entries.map(
      ({ id, image }) => this.refuse.get(image.id) ?? { labelId: `label of ${id}` },
    );
  };
  sendUndo = async (entry: UndoEntry & { labelId: string }): Promise<Outcome> => {
    this.undone.push(entry);
    await Promise.resolve();
    return { labelId: entry.labelId };
  };
}

function setUp(store: Storage = new MemoryStorage()) {
  const server = new Server();
  const outbox = new Outbox(server, createOutboxStorage(store, 'ada'));
  const refusals: Refusal[] = [];
  outbox.onRefusal((refusal) => refusals.push(refusal));
  const stop = outbox.start();
  return { server, outbox, refusals, store, stop };
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

it('stores an answer until the server confirms it', async () => {
  const { outbox, store } = setUp();
  outbox.answer([answer('a')]);
  expect(outbox.getSnapshot().pending).toBe(1);
  expect(Object.keys(store)).toHaveLength(1);
  await settle();
  expect(outbox.getSnapshot()).toEqual({ pending: 0, isFailing: false });
  expect(Object.keys(store)).toHaveLength(0);
});

it('repeats an answer with the same id until the server accepts it', async () => {
  const { server, outbox } = setUp();
  server.failure = new TypeError('no network');
  outbox.answer([answer('a')]);
  await settle();
  expect(outbox.getSnapshot()).toEqual({ pending: 1, isFailing: true });
  server.failure = undefined;
  await jest.advanceTimersByTimeAsync(2_000);
  const ids = server.labels.map(([entry]) => entry?.id);
  expect(ids.length).toBeGreaterThan(1);
  expect(new Set(ids).size).toBe(1);
  expect(outbox.getSnapshot()).toEqual({ pending: 0, isFailing: false });
});

it('sends the answers of a crashed page with their ids', async () => {
  const store = new MemoryStorage();
  const first = setUp(store);
  first.server.failure = new TypeError('no network');
  const [id] = first.outbox.answer([answer('a')]);
  await settle();
  first.stop();
  const second = setUp(store);
  await settle();
  expect(second.server.labels.flat().map((entry) => entry.id)).toEqual([id]);
});

it('does not send the answers of another person', async () => {
  const store = new MemoryStorage();
  store.setItem(
    'labelloop.outbox.grace.x',
    JSON.stringify({ id: 'x', kind: 'label', createdAt: 1 }),
  );
  const { server } = setUp(store);
  await settle();
  expect(server.labels).toEqual([]);
});

it('sends answers together that were given during a request', async () => {
  const { server, outbox } = setUp();
  outbox.answer([answer('a')]);
  outbox.answer([answer('b')]);
  outbox.answer([answer('c')]);
  await settle();
  expect(server.labels.map((batch) => batch.map(({ image }) => image.id))).toEqual([
    ['a'],
    ['b', 'c'],
  ]);
});

it('drops an answer that is undone before it was sent', async () => {
  const { server, outbox } = setUp();
  outbox.answer([answer('a')]);
  const [id = ''] = outbox.answer([answer('b')]);
  expect(outbox.undo(id, about('b'))).toBe('cancelled');
  await settle();
  expect(server.labels.flat().map(({ image }) => image.id)).toEqual(['a']);
  expect(server.undone).toEqual([]);
});

it('undoes an answer in flight by its label', async () => {
  const { server, outbox } = setUp();
  const [id = ''] = outbox.answer([answer('a')]);
  expect(outbox.undo(id, about('a'))).toBe('requested');
  await settle();
  expect(server.undone.map(({ labelId }) => labelId)).toEqual([`label of ${id}`]);
});

it('sends an answer again before undoing it if its reply was lost', async () => {
  const { server, outbox } = setUp();
  server.failure = new TypeError('no network');
  const [id = ''] = outbox.answer([answer('a')]);
  await settle();
  expect(outbox.undo(id, about('a'))).toBe('requested');
  server.failure = undefined;
  await jest.advanceTimersByTimeAsync(2_000);
  expect(server.undone).toHaveLength(1);
});

it('reports a conflict, and it does not block other answers', async () => {
  const { server, outbox, refusals } = setUp();
  server.refuse.set('a', { error: { __typename: 'Conflict', message: 'changed' } });
  outbox.answer([answer('a'), answer('b')]);
  await settle();
  expect(refusals.map(({ entry, error }) => [entry.image.id, error.__typename])).toEqual([
    ['a', 'Conflict'],
  ]);
  expect(outbox.getSnapshot().pending).toBe(0);
});

it('finds the entry that makes the server refuse a whole request', async () => {
  const { server, outbox, refusals } = setUp();
  const send = server.sendLabels;
  server.sendLabels = (entries) =>
    entries.some(({ image }) => image.id === 'bad')
      ? Promise.reject(new RequestRefused('malformed id'))
      : send(entries);
  outbox.answer([answer('a'), answer('bad'), answer('c')]);
  await settle();
  expect(refusals.map(({ entry }) => entry.image.id)).toEqual(['bad']);
  expect(server.labels.flat().map(({ image }) => image.id)).toEqual(['a', 'c']);
});
