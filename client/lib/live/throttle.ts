export interface Throttle<T> {
  /** Asks for a run that includes these; a run that is due anyway takes them along. */
  request: (items: Iterable<T>) => void;
  cancel: () => void;
}

/**
 * Gathers requests and runs them together: soon after the first, and never closer than `interval` to the run before.
 * A run that is still going delays the next, so that a slow server is not asked faster than it answers.
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
      // A refetch that failed shows in its own query; the next event asks again.
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
