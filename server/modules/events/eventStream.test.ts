import type { EventRecord } from './event.ports';
import { TooSlowError } from './events.errors';
import type { EventStore } from './eventStore';
import { EventStream } from './eventStream';

const stalledAfterMs = 100;
const start = { tx: 0n, id: 0n };

const event = (id: bigint): EventRecord => ({
  position: { tx: 1n, id },
  datasetId: '1',
  type: 'dataset.changed',
  payload: {},
  actorId: null,
  occurredAt: new Date(0),
});

/** A stream from now on, which never reads the outbox. */
function follow(onStalled = () => {}): EventStream {
  const hub = { attach: () => start, detach: () => {} };
  return new EventStream({} as EventStore, '1', { queue: 10, stalledAfterMs }, { onStalled }, hub);
}

function keepBusy(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

test('a reader is not cut off because the process itself was busy', async () => {
  const stream = follow();
  stream.push(event(1n));
  stream.push(event(2n));
  await stream.next();
  keepBusy(3 * stalledAfterMs);
  await new Promise((resolve) => setImmediate(resolve));
  expect(await stream.next()).toMatchObject({ value: event(2n) });
  await stream.return();
});

test('a reader that takes nothing is cut off', async () => {
  let stream: EventStream | undefined;
  await new Promise<void>((resolve) => {
    stream = follow(resolve);
    stream.push(event(1n));
  });
  await expect(stream?.next()).rejects.toThrow(TooSlowError);
});
