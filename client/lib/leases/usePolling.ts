import { useEffect, useEffectEvent } from 'react';

const pollIntervalMs = 15_000;

/**
 * Polls for tasks while the viewer's list is empty, because the leases of other people expire
 * without an event. The interval starts again when `restartOn` changes.
 */
export function usePolling(isEmpty: boolean, poll: () => void, restartOn?: unknown): void {
  const latest = useEffectEvent(poll);
  useEffect(() => {
    if (!isEmpty) return;
    const timer = setInterval(() => latest(), pollIntervalMs);
    return () => clearInterval(timer);
  }, [isEmpty, restartOn]);
}
