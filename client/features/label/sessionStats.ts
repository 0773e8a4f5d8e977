import type { TaskStream } from './taskStream';

export interface SessionStats {
  labelled: number;
  /** Labels per minute over the last two minutes; null while there are too few labels. */
  perMinute: number | null;
}

const windowMs = 2 * 60_000;
/** A rate over a shorter time is not meaningful. */
const minMinutes = 15 / 60;

/** Counts this visit's labels and their rate. A pause lowers the rate while it is in the window. */
export function sessionStats({ past, answered }: TaskStream, now: number): SessionStats {
  const labels = past.filter(({ entryId }) => entryId);
  const recent = labels.filter(({ at }) => now - at < windowMs);
  const [first] = recent;
  const minutes = first ? (now - first.at) / 60_000 : 0;
  const perMinute = recent.length >= 3 && minutes >= minMinutes ? recent.length / minutes : null;
  return { labelled: answered, perMinute };
}
