import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostileFile } from '../../../server/testing/hostile';
import type { Target } from '../queries';
import { uploadHostile } from './file';
import type { Access } from './http';
import { planFiles, planQueries, type Choice, type PlannedQuery } from './plan';
import { attack } from './query';
import type { Result, Verdict } from './result';

/**
 * The attackers' process. It is apart from the people who label, so that building and reading
 * hostile payloads does not delay what is measured.
 */

export interface Order extends Choice {
  url: string;
  token: string;
  target: Target;
}

export type Report =
  | { type: 'ready'; queries: number; files: number }
  | { type: 'result'; result: Result }
  | { type: 'done' };

/** Requests in flight: the signed-in person's, and those of somebody without a session. */
const inFlight = { person: 5, files: 3, nobody: 4 } as const;
/** Other people stay on 127.0.0.1. Only Linux answers on every address of the loopback network. */
const addresses = platform() === 'linux' ? { person: '127.0.0.2', nobody: '127.0.0.3' } : {};

type StoredFile = Omit<HostileFile, 'bytes'> & { family: string; path: string };

const tell = (report: Report) => void process.send?.(report);

async function storeFiles(order: Order, folder: string): Promise<StoredFile[]> {
  const stored: StoredFile[] = [];
  for await (const { family, file } of planFiles(order)) {
    const { bytes, ...rest } = file;
    const path = join(folder, String(stored.length));
    await writeFile(path, bytes);
    stored.push({ ...rest, family, path });
  }
  return stored;
}

async function inLanes<T>(items: readonly T[], lanes: number, work: (item: T) => Promise<void>) {
  const waiting = items.values();
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (const item of waiting) await work(item);
    }),
  );
}

async function settle(
  about: Pick<Result, 'family' | 'kind' | 'who'>,
  sent: () => Promise<Verdict>,
) {
  const verdict = await sent().catch((error: Error): Verdict => ({
    outcome: 'internal',
    ms: 0,
    what: `the attacker failed: ${error.stack?.slice(0, 300) ?? error.message}`,
  }));
  tell({ type: 'result', result: { ...about, ...verdict } });
}

async function attackAll(
  order: Order,
  queries: readonly PlannedQuery[],
  files: readonly StoredFile[],
) {
  const { url, token, target } = order;
  const person: Access = { url, token, ...(addresses.person && { from: addresses.person }) };
  const nobody: Access = { url, ...(addresses.nobody && { from: addresses.nobody }) };
  const sendQuery = (access: Access) => (query: PlannedQuery) =>
    settle({ family: query.family, kind: 'query', who: query.who }, () =>
      attack(access, query.payload, query.transport),
    );
  const sendFile = ({ family, path, ...file }: StoredFile) =>
    settle({ family, kind: 'file', who: 'person' }, async () =>
      uploadHostile(person, target.ownDatasetId, { ...file, bytes: await readFile(path) }),
    );
  const by = (who: PlannedQuery['who']) => queries.filter((query) => query.who === who);
  await Promise.all([
    inLanes(by('person'), inFlight.person, sendQuery(person)),
    inLanes(by('nobody'), inFlight.nobody, sendQuery(nobody)),
    inLanes(files, inFlight.files, sendFile),
  ]);
}

async function main(order: Order): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'labelloop-hostile-'));
  try {
    const queries = planQueries(order, order.target);
    const files = await storeFiles(order, folder);
    const started = new Promise((resolve) => process.once('message', resolve));
    tell({ type: 'ready', queries: queries.length, files: files.length });
    await started;
    await attackAll(order, queries, files);
    tell({ type: 'done' });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

if (process.send) {
  // A connection that the server closed may fail once more after its verdict.
  process.on('uncaughtException', (error) => console.error(`attacker: ${error.message}`));
  process.once('disconnect', () => process.exit(1));
  process.once('message', (order: Order) => void main(order).finally(() => process.disconnect()));
}
