interface Underway {
  done: Promise<void>;
  /** The call that everybody who asked meanwhile waits for. */
  next: Promise<void> | undefined;
}

/**
 * Runs one call at a time per key. Calls during a run share the next run, which sees everything
 * that happened before them. A hundred simultaneous events cause two runs, not a hundred.
 */
export function coalesced(work: (key: string) => Promise<void>): (key: string) => Promise<void> {
  const underway = new Map<string, Underway>();
  const start = (key: string): Promise<void> => {
    const current: Underway = { done: work(key), next: undefined };
    underway.set(key, current);
    const forget = () => {
      if (!current.next) underway.delete(key);
    };
    current.done.then(forget, forget);
    return current.done;
  };
  return (key) => {
    const current = underway.get(key);
    if (!current) return start(key);
    const restart = () => start(key);
    current.next ??= current.done.then(restart, restart);
    return current.next;
  };
}
