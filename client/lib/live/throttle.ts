export interface Throttle<T> {
  /** Requests a run that includes these items. A run that is already due includes them too. */
  request: (items: Iterable<T>) => void;
  cancel: () => void;
}

/**
 * Collects requests and runs them together: `delay` after the first one, and at least `interval` after
 * the start of the last run. The next run waits for an unfinished one, so a slow server is not overloaded.
 */
export function createThrottle<T>(
  run: (items: Set<T>) => void | Promise<unknown>,
  { delay, interval }: { delay: number; interval: number },
): Throttle<T> {
  let waiting = new Set<T>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let running = false;
  let last = -Infinity;

  const schedule = () => {
    if (timer || running || !waiting.size) return;
    timer = setTimeout(() => void fire(), Math.max(delay, last + interval - Date.now()));
  };
  const fire = async () => {
    const items = waiting;
    waiting = new Set();
    timer = undefined;
    running = true;
    last = Date.now();
    try {
      await run(items);
    } catch {
      // A failed refetch shows in its own query. The next event retries.
    } finally {
      running = false;
      schedule();
    }
  };
  return {
    request: (items) => {
      for (const item of items) waiting.add(item);
      schedule();
    },
    cancel: () => {
      clearTimeout(timer);
      timer = undefined;
      waiting = new Set();
    },
  };
}
