import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { workInBackground } from '../../../server/processes/background';
import type { HostileFile } from '../../../server/testing/hostile';
import type { Target } from '../queries';
import { uploadHostile } from './file';
import type { Access } from './http';
import { planFiles, planQueries, type Choice, type Part, type PlannedQuery } from './plan';
import { attack } from './query';
import type { Result, Verdict } from './result';

/**
 * A process of the attackers. Floods and large files run in separate processes, so that they do not
 * delay the measured requests.
 */

export interface Order extends Choice {
  part: Part;
  url: string;
  token: string;
  target: Target;
}

export type Report =
  | { type: 'ready'; queries: number; files: number }
  | { type: 'result'; result: Result }
  | { type: 'done' };

/** Payloads in flight: the signed-in person's, and those of somebody without a session. */
const inFlight = {
  requests: { person: 2, nobody: 1 },
  connections: { person: 3, nobody: 3 },
  files: 3,
} as const;
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
  about: Pick<Result, 'family' | 'kind' | 'who' | 'transport'>,
  sent: () => Promise<Verdict>,
) {
  const verdict = await sent().catch((error: Error): Verdict => ({
    outcome: 'internal',
    ms: 0,
    what: `the attacker failed: ${error.stack?.slice(0, 300) ?? error.message}`,
  }));
  tell({ type: 'result', result: { ...about, ...verdict } });
}

/** Whether connections are held open. They have no response time, so they run apart from requests. */
const isHeld = ({ payload }: PlannedQuery) => payload.kind === 'sockets' || payload.kind === 'slow';

const queriesOf = (order: Order): PlannedQuery[] =>
  planQueries(order, order.target).filter(
    (query) => isHeld(query) === (order.part === 'connections'),
  );

async function attackAll(
  order: Order,
  queries: readonly PlannedQuery[],
  files: readonly StoredFile[],
) {
  const { url, token, target, part } = order;
  const person: Access = { url, token, ...(addresses.person && { from: addresses.person }) };
  const nobody: Access = { url, ...(addresses.nobody && { from: addresses.nobody }) };
  const sendQuery = (access: Access) => (query: PlannedQuery) =>
    settle({ family: query.family, kind: 'query', who: query.who, transport: sentBy(query) }, () =>
      attack(access, query.payload, query.transport),
    );
  const sendFile = ({ family, path, ...file }: StoredFile) =>
    settle({ family, kind: 'file', who: 'person' }, async () =>
      uploadHostile(person, target.ownDatasetId, { ...file, bytes: await readFile(path) }),
    );
  const by = (who: PlannedQuery['who']) => queries.filter((query) => query.who === who);
  if (part === 'files') return inLanes(files, inFlight.files, sendFile);
  const lanes = inFlight[part];
  await Promise.all([
    inLanes(by('person'), lanes.person, sendQuery(person)),
    inLanes(by('nobody'), lanes.nobody, sendQuery(nobody)),
  ]);
}

const sentBy = ({ payload, transport }: PlannedQuery) =>
  payload.kind === 'request' ? 'http' : transport;

/** Real attackers have their own machines. In this benchmark they must not slow down the server. */
function giveWay({ part }: Order): void {
  // The response times of requests are measured, so their process keeps its priority.
  if (part !== 'requests') workInBackground();
}

async function main(order: Order): Promise<void> {
  giveWay(order);
  const folder = await mkdtemp(join(tmpdir(), 'labelloop-hostile-'));
  try {
    const queries = order.part === 'files' ? [] : queriesOf(order);
    const files = order.part === 'files' ? await storeFiles(order, folder) : [];
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
