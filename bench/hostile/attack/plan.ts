import { seededRandom, type Random } from '../../../models/numeric';
import { fileFamilies, type HostileFile } from '../../../server/testing/hostile';
import { queryFamilies, type Payload, type Target } from '../queries';
import type { Transport } from './query';

/** What the processes of the attackers send, one process for each. */
export const parts = ['requests', 'connections', 'files'] as const;
export type Part = (typeof parts)[number];

export interface PlannedQuery {
  family: string;
  payload: Payload;
  transport: Transport;
  who: 'person' | 'nobody';
}

export interface PlannedFile {
  family: string;
  file: HostileFile;
}

export interface Choice {
  seed: number;
  /** Only families whose name starts with this. */
  only: string | undefined;
  queries: number;
  files: number;
}

interface Named {
  name: string;
  maxCount?: number;
}

const isChosen = (only: string | undefined) => (family: Named) =>
  !only || family.name.startsWith(only);

/** Names of all families, sorted. */
export const familyNames = (): string[] =>
  [...queryFamilies, ...fileFamilies].map(({ name }) => name).sort();

/** Takes the families in turns until there are enough payloads, and shuffles the result. */
function turns<T extends Named>(families: readonly T[], count: number, random: Random) {
  const chosen: { family: T; random: Random }[] = [];
  for (let round = 0; chosen.length < count; round++) {
    const open = families.filter(({ maxCount = Infinity }) => round < maxCount);
    if (open.length === 0) break;
    for (const family of open)
      chosen.push({ family, random: seededRandom(`${family.name} ${round} ${random.below(1e9)}`) });
  }
  chosen.length = Math.min(count, chosen.length);
  for (let at = chosen.length - 1; at > 0; at--) {
    const other = random.below(at + 1);
    [chosen[at], chosen[other]] = [chosen[other]!, chosen[at]!];
  }
  return chosen;
}

/** One in three queries comes from somebody who has not signed in. */
export function planQueries({ seed, only, queries }: Choice, target: Target): PlannedQuery[] {
  const random = seededRandom(`queries ${seed}`);
  const families = queryFamilies.filter(isChosen(only));
  return turns(families, queries, random).map(({ family, random: own }) => ({
    family: family.name,
    payload: family.make(own, target),
    transport: own.next() < 0.5 ? 'http' : 'websocket',
    who: own.next() < 1 / 3 ? 'nobody' : 'person',
  }));
}

/** Yields the files one by one, because together they fill a lot of memory. */
export async function* planFiles({ seed, only, files }: Choice): AsyncGenerator<PlannedFile> {
  const families = fileFamilies.filter(isChosen(only));
  for (const { family, random } of turns(families, files, seededRandom(`files ${seed}`)))
    yield { family: family.name, file: await family.make(random) };
}
