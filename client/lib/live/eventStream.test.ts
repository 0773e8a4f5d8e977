import { EventStream, type StreamPort, type StreamState } from './eventStream';

interface Event {
  cursor: string;
}
type Sink = Parameters<StreamPort<Event>['subscribe']>[1];

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

function setUp() {
  const sinks: Sink[] = [];
  const afters: (() => string)[] = [];
  const seen: string[] = [];
  const states: StreamState[] = [];
  const resync = jest.fn(() => Promise.resolve('fresh'));
  const stream = new EventStream<Event>(
    {
      subscribe: (after, sink) => {
        afters.push(after);
        sinks.push(sink);
        return () => {};
      },
      onEvent: ({ cursor }) => seen.push(cursor),
      onState: (state) => states.push(state),
      resync,
    },
    'start',
  );
  stream.start();
  return { stream, sinks, afters, seen, states, resync };
}

it('resumes a reconnected subscription behind the last event, not at its first variables', () => {
  const { sinks, afters } = setUp();
  expect(afters[0]?.()).toBe('start');
  sinks[0]?.next({ cursor: '7' });
  expect(afters[0]?.()).toBe('7');
});

it('resumes from the last cursor when it was too slow', async () => {
  const { sinks, afters, resync } = setUp();
  sinks[0]?.next({ cursor: '7' });
  sinks[0]?.error([{ message: 'slow', extensions: { code: 'TOO_SLOW' } }]);
  await jest.advanceTimersByTimeAsync(1_000);
  expect(afters[1]?.()).toBe('7');
  expect(resync).not.toHaveBeenCalled();
});

it.each(['RESYNC_REQUIRED', 'INVALID_CURSOR'])('starts afresh on %s', async (code) => {
  const { sinks, afters, resync } = setUp();
  sinks[0]?.error([{ message: 'no', extensions: { code } }]);
  await jest.advanceTimersByTimeAsync(1_000);
  expect(resync).toHaveBeenCalledTimes(1);
  expect(afters[1]?.()).toBe('fresh');
});

it('does not hear a subscription that has been replaced', async () => {
  const { sinks, seen } = setUp();
  sinks[0]?.error([{ message: 'slow', extensions: { code: 'TOO_SLOW' } }]);
  await jest.advanceTimersByTimeAsync(1_000);
  sinks[0]?.next({ cursor: 'old' });
  sinks[1]?.next({ cursor: 'new' });
  expect(seen).toEqual(['new']);
});

it('tells a lost connection, the catching up and its end', async () => {
  const { stream, sinks, states } = setUp();
  stream.disconnected();
  stream.connected();
  sinks[0]?.next({ cursor: '8' });
  await jest.advanceTimersByTimeAsync(1_000);
  expect(states).toEqual(['reconnecting', 'catching up', 'live']);
});

it('stays silent after it has been stopped', async () => {
  const { stream, sinks, seen } = setUp();
  stream.stop();
  sinks[0]?.next({ cursor: '9' });
  sinks[0]?.complete();
  await jest.advanceTimersByTimeAsync(60_000);
  expect(seen).toEqual([]);
  expect(sinks).toHaveLength(1);
});
