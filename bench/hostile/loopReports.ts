import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LoopReport } from './loopProbe';

/** A process that has written nothing for longer than this is blocked. */
const writesEveryMs = 2_000;

/**
 * The longest block of a process's event loop in a period, in milliseconds. A loop that is blocked
 * at the end of the period counts up to there.
 */
export async function longestBlock(
  folder: string,
  pid: number,
  { from, to }: { from: number; to: number },
): Promise<number> {
  const text = await readFile(join(folder, `${pid}.json`), 'utf8').catch(() => undefined);
  if (!text) return 0;
  const { blocks } = JSON.parse(text) as LoopReport;
  const inPeriod = blocks.filter(([at]) => at >= from && at <= to + writesEveryMs);
  const longest = inPeriod.reduce((most, [, ms]) => Math.max(most, ms), 0);
  const silentMs = to - (blocks.at(-1)?.[0] ?? from);
  return silentMs > writesEveryMs ? Math.max(longest, silentMs) : longest;
}
