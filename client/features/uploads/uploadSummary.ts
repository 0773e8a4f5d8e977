import {
  isSettled,
  type EngineStatus,
  type UploadItem,
  type UploadSnapshot,
  type UploadState,
} from './uploadTypes';

const zeroCounts = (): Record<UploadState, number> => ({
  waiting: 0,
  ticketed: 0,
  sending: 0,
  sent: 0,
  done: 0,
  duplicate: 0,
  refused: 0,
  failed: 0,
  cancelled: 0,
});

/** Summarises all files. A cancelled file counts only its sent bytes, so that 100 % can be reached. */
export function summarize(
  items: readonly UploadItem[],
  status: EngineStatus,
  bytesPerSecond: number,
  revision: number,
): UploadSnapshot {
  const counts = zeroCounts();
  let bytesTotal = 0;
  let bytesSent = 0;
  let settled = 0;
  for (const item of items) {
    counts[item.state] += 1;
    if (isSettled(item.state)) settled += 1;
    const whole = item.state === 'cancelled' ? item.sentBytes : item.input.byteSize;
    bytesTotal += whole;
    bytesSent += isSettled(item.state) ? whole : Math.min(item.sentBytes, whole);
  }
  const left = bytesTotal - bytesSent;
  const secondsLeft = bytesPerSecond > 0 && left > 0 ? left / bytesPerSecond : null;
  return {
    status,
    counts,
    files: items.length,
    settled,
    bytesTotal,
    bytesSent,
    bytesPerSecond,
    secondsLeft,
    revision,
  };
}

const sortRank: Record<UploadState, number> = {
  failed: 0,
  refused: 1,
  sending: 2,
  sent: 3,
  ticketed: 4,
  waiting: 5,
  cancelled: 6,
  duplicate: 7,
  done: 8,
};

/** Sorts the rows: first problems, then files in progress, then finished files. */
export function rowsInOrder(
  items: readonly UploadItem[],
  states: readonly UploadState[] | null,
): UploadItem[] {
  const rows = states ? items.filter((item) => states.includes(item.state)) : [...items];
  return rows.sort((a, b) => sortRank[a.state] - sortRank[b.state] || a.key - b.key);
}
