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
  const received: string[] = [];
  const states: StreamState[] = [];
  const resync = jest.fn(() => Promise.resolve('fresh'));
  const stream = new EventStream<Event>(
    {
      subscribe: (after, sink) => {
        afters.push(after);
        sinks.push(sink);
        return () => {};
      },
      onEvent: ({ cursor }) => received.push(cursor),
      onState: (state) => states.push(state),
      resync,
    },
    'start',
  );
  stream.start();
  return { stream, sinks, afters, received, states, resync };
}

it('resumes a reconnected subscription after the last event, not at the first cursor', () => {
  const { sinks, afters } = setUp();
  expect(afters[0]?.()).toBe('start');
  sinks[0]?.next({ cursor: '7' });
  expect(afters[0]?.()).toBe('7');
});

it('resumes from the last cursor after TOO_SLOW', async () => {
  const { sinks, afters, resync } = setUp();
  sinks[0]?.next({ cursor: '7' });
  sinks[0]?.error([{ message: 'slow', extensions: { code: 'TOO_SLOW' } }]);
  await jest.advanceTimersByTimeAsync(1_000);
  expect(afters[1]?.()).toBe('7');
  expect(resync).not.toHaveBeenCalled();
});

it.each(['RESYNC_REQUIRED', 'INVALID_CURSOR'])('reads everything again on %s', async (code) => {
  const { sinks, afters, resync } = setUp();
  sinks[0]?.error([{ message: 'no', extensions: { code } }]);
  await jest.advanceTimersByTimeAsync(1_000);
  expect(resync).toHaveBeenCalledTimes(1);
  expect(afters[1]?.()).toBe('fresh');
});

it('ignores a subscription that was replaced', async () => {
  const { sinks, received } = setUp();
  sinks[0]?.error([{ message: 'slow', extensions: { code: 'TOO_SLOW' } }]);
  await jest.advanceTimersByTimeAsync(1_000);
  sinks[0]?.next({ cursor: 'old' });
  sinks[1]?.next({ cursor: 'new' });
  expect(received).toEqual(['new']);
});

it('reports a lost connection, the catching up and its end', async () => {
  const { stream, sinks, states } = setUp();
  stream.disconnected();
  stream.connected();
  sinks[0]?.next({ cursor: '8' });
  await jest.advanceTimersByTimeAsync(1_000);
  expect(states).toEqual(['reconnecting', 'catching up', 'live']);
});

it('delivers nothing after it was stopped', async () => {
  const { stream, sinks, received } = setUp();
  stream.stop();
  sinks[0]?.next({ cursor: '9' });
  sinks[0]?.complete();
  await jest.advanceTimersByTimeAsync(60_000);
  expect(received).toEqual([]);
  expect(sinks).toHaveLength(1);
});
