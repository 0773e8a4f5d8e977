import type { TaskStream } from './taskStream';

export interface SessionStats {
  labelled: number;
  /** Labels per minute over the last minutes; null while there are too few to tell. */
  perMinute: number | null;
}

const span = 2 * 60_000;
/** A rate of the first seconds would only impress. */
const soonest = 15 / 60;

/** What the person has done at this page. A pause slows the rate, but only for as long as it is recent. */
export function sessionStats({ past, answered }: TaskStream, now: number): SessionStats {
  const labels = past.filter(({ entryId }) => entryId);
  const recent = labels.filter(({ at }) => now - at < span);
  const [first] = recent;
  const minutes = first ? (now - first.at) / 60_000 : 0;
  const perMinute = recent.length >= 3 && minutes >= soonest ? recent.length / minutes : null;
  return { labelled: answered, perMinute };
}
