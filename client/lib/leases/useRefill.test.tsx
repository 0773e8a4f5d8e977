import { act, renderHook } from '@testing-library/react';
import { usePolling } from './usePolling';
import { useRefill } from './useRefill';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const advance = (milliseconds: number) => act(() => jest.advanceTimersByTimeAsync(milliseconds));

/** Records each request. The test finishes it with `done` or `fail`. */
function setUp(missing: number) {
  const requests: { count: number; done: () => void; fail: () => void }[] = [];
  const lease = (count: number) =>
    new Promise<void>((resolve, reject) => {
      requests.push({ count, done: resolve, fail: () => reject(new Error('no network')) });
    });
  const { rerender } = renderHook(({ count }) => useRefill(count, lease), {
    initialProps: { count: missing },
  });
  return { requests, need: (count: number) => rerender({ count }) };
}

describe('useRefill', () => {
  it('leases what is missing, one request at a time', async () => {
    const { requests, need } = setUp(3);
    need(4);
    expect(requests.map(({ count }) => count)).toEqual([3]);
    requests[0]?.done();
    await advance(0);
    expect(requests.map(({ count }) => count)).toEqual([3, 4]);
  });

  it('leases again if as many tasks are missing after the answer', async () => {
    const { requests } = setUp(3);
    requests[0]?.done();
    await advance(0);
    expect(requests.map(({ count }) => count)).toEqual([3, 3]);
  });

  it('leases nothing while nothing is missing', async () => {
    const { requests, need } = setUp(0);
    await advance(60_000);
    expect(requests).toEqual([]);
    need(2);
    expect(requests).toHaveLength(1);
  });

  it('retries a failed request after a delay, and not at once', async () => {
    const { requests } = setUp(3);
    requests[0]?.fail();
    await advance(2_000);
    expect(requests).toHaveLength(1);
    await advance(2_000);
    expect(requests).toHaveLength(2);
  });
});

describe('usePolling', () => {
  it('polls while the list is empty, and stops when it is filled', async () => {
    const poll = jest.fn();
    const { rerender } = renderHook(({ isEmpty }) => usePolling(isEmpty, poll), {
      initialProps: { isEmpty: true },
    });
    await advance(30_000);
    expect(poll).toHaveBeenCalledTimes(2);
    rerender({ isEmpty: false });
    await advance(60_000);
    expect(poll).toHaveBeenCalledTimes(2);
  });

  it('starts the interval again when `restartOn` changes', async () => {
    const poll = jest.fn();
    const { rerender } = renderHook(({ answers }) => usePolling(true, poll, answers), {
      initialProps: { answers: 1 },
    });
    await advance(10_000);
    rerender({ answers: 2 });
    await advance(10_000);
    expect(poll).not.toHaveBeenCalled();
    await advance(5_000);
    expect(poll).toHaveBeenCalledTimes(1);
  });
});
