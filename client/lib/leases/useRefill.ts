import { useEffect, useEffectEvent, useRef, useState } from 'react';

const retryDelayMs = 3_000;

/**
 * Leases tasks whenever some are missing, one request at a time.
 * `lease` adds the tasks to the list; it rejects if the server cannot be reached, and is then
 * called again after a delay. Pass 0 as `missing` when the list is long enough.
 */
export function useRefill(missing: number, lease: (count: number) => Promise<void>): void {
  const busy = useRef(false);
  const [attempt, setAttempt] = useState(0);
  const request = useEffectEvent(lease);
  useEffect(() => {
    if (missing === 0 || busy.current) return;
    busy.current = true;
    const next = (delayMs: number) => {
      busy.current = false;
      setTimeout(() => setAttempt((count) => count + 1), delayMs);
    };
    request(missing).then(
      () => next(0),
      () => next(retryDelayMs),
    );
  }, [missing, attempt]);
}
