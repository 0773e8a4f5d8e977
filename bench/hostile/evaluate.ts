import type { Result } from './attack/result';

/** What is allowed, in milliseconds. */
export const allowed = {
  refusalMs: 100,
  queryMs: 5_000,
  fileMs: 10_000,
  blockMs: 200,
  memoryMiB: 600,
  labelRatio: 3,
} as const;

export interface Failure {
  family: string;
  what: string;
  ms: number | null;
}

export interface FamilyRow {
  family: string;
  kind: Result['kind'];
  count: number;
  refused: number;
  ended: number;
  slowestMs: number;
}

const round = (ms: number) => Math.round(ms * 10) / 10;

/** One row per family, sorted by name. */
export function rowsOf(results: readonly Result[]): FamilyRow[] {
  const rows = new Map<string, FamilyRow>();
  for (const { family, kind, outcome, ms } of results) {
    const row = rows.get(family) ?? { family, kind, count: 0, refused: 0, ended: 0, slowestMs: 0 };
    row.count++;
    if (outcome === 'refused') row.refused++;
    if (outcome === 'ended') row.ended++;
    row.slowestMs = Math.max(row.slowestMs, round(ms));
    rows.set(family, row);
  }
  return [...rows.values()].sort((a, b) => a.family.localeCompare(b.family));
}

/** Families of which more was refused than ended: they are refused for what they are. */
function refusedFamilies(results: readonly Result[]): Set<string> {
  const rows = rowsOf(results).filter(({ refused, ended }) => refused > ended);
  return new Set(rows.map(({ family }) => family));
}

const limitOf = ({ kind }: Result) => (kind === 'file' ? allowed.fileMs : allowed.queryMs);

const senderOf = ({ who, transport }: Result) => (transport ? `${who}, ${transport}` : who);

function failureOf(result: Result, isRefusedFamily: boolean): string | undefined {
  const { outcome, kind, ms, held, what = '' } = result;
  if (outcome === 'internal') return `internal error: ${what}`;
  if (outcome === 'open') return `neither refused nor ended: ${what}`;
  if (held) return undefined;
  if (ms > limitOf(result))
    return `${outcome} after more than ${limitOf(result)} ms (${senderOf(result)})`;
  const isSlowRefusal = kind === 'query' && outcome === 'refused' && ms > allowed.refusalMs;
  if (isSlowRefusal && isRefusedFamily)
    return `refused after more than ${allowed.refusalMs} ms (${senderOf(result)})`;
  return undefined;
}

/** Puts the slowest failure of each kind in each family first, so that a short list shows all kinds. */
function kindsFirst(failures: readonly Failure[]): Failure[] {
  const seen = new Set<string>();
  const isFirst = ({ family, what }: Failure) => {
    const kind = `${family} ${what.split(':')[0]}`;
    return !seen.has(kind) && seen.add(kind);
  };
  const firsts = failures.filter(isFirst);
  return [...firsts, ...failures.filter((one) => !firsts.includes(one))];
}

/** Lists the payloads that were not dealt with in time, slowest of each family first. */
export function failuresOf(results: readonly Result[]): Failure[] {
  const refused = refusedFamilies(results);
  const failures = results
    .flatMap((result): Failure[] => {
      const what = failureOf(result, refused.has(result.family));
      return what ? [{ family: result.family, what, ms: round(result.ms) }] : [];
    })
    .sort((a, b) => (b.ms ?? 0) - (a.ms ?? 0));
  return kindsFirst(failures);
}

const slowest = (results: readonly Result[]) =>
  round(results.reduce((most, { ms }) => Math.max(most, ms), 0));

/** Slowest refusal of a query, and slowest end of anything. Held connections do not count. */
export function slowestOf(results: readonly Result[]) {
  const timed = results.filter(({ held }) => !held);
  return {
    slowestRefusalMs: slowest(
      timed.filter(({ kind, outcome }) => kind === 'query' && outcome === 'refused'),
    ),
    slowestEndMs: slowest(timed.filter(({ outcome }) => outcome === 'ended')),
  };
}
