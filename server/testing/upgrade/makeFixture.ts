/**
 * Makes the fixture that `server/app/upgrade.integration.test.ts` and `e2e/upgrade.spec.ts` open with
 * the current version: a data folder and a browser's storage, as a released version leaves them.
 *
 * Run it once per release, against a checkout of that release with its own `npm ci`:
 *
 * ```sh
 * git worktree add ../released v1.2.0 && (cd ../released && npm ci && node scripts/build.mjs)
 * node scripts/build.mjs server
 * node dist/server/testing/upgrade/makeFixture.js ../released e2e/fixtures/upgrade/1.2.0
 * ```
 *
 * It uses the release as people do: processes, the public API, a page in Chromium. It needs Linux or
 * macOS on a 64-bit processor, because a PostgreSQL cluster is packed as it lies on disk.
 */
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client } from 'pg';
import { ApiClient } from '../apiClient';
import { playOffline, prepareOffline, type BrowserFixture } from './browserScene';
import { playColours, type ColoursScene } from './coloursScene';
import { pack } from './archive';
import { fixtureFiles, homeMark, isRelocated, type Expected } from './fixture';
import { leaveJobs, playNetworks, prepareWaiting } from './pendingScenes';
import { periodicMobilenet } from './periodicMobilenet';
import { readDataset, readEvents, readExport, readFiles } from './readDataset';
import { startRelease } from './releaseServer';

const people = ['Ada', 'Bob', 'Cleo'];
/** More than the server writes between a new WAL file and its end. */
const usedWalBytes = 2 ** 18;

interface Scenes {
  colours: ColoursScene;
  networks: string;
  waiting: string;
  offline: string;
}

async function main([checkoutPath, target]: string[]): Promise<void> {
  if (!checkoutPath || !target)
    throw new Error('Give the checkout of a release and the folder for the fixture.');
  const checkout = resolve(checkoutPath);
  const home = await mkdtemp(join(tmpdir(), 'labelloop-release-'));
  // PostgreSQL may run as another account, which has to enter its folder in here.
  await chmod(home, 0o755);
  try {
    await mkdir(join(home, 'backbones'));
    await writeFile(join(home, 'backbones', 'small_mobilenet.onnx'), await periodicMobilenet());
    const scenes = await play({ checkout, home });
    const { expected, browser, walFile } = await leave({ checkout, home }, scenes);
    await mkdir(target, { recursive: true });
    const packed = await packHome(home, walFile);
    await writeFile(join(target, fixtureFiles.home), packed);
    await writeFile(join(target, fixtureFiles.expected), toJson(expected));
    await writeFile(join(target, fixtureFiles.browser), toJson(browser));
    console.log(`${packed.length} bytes packed`);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

const toJson = (value: object) => `${JSON.stringify(value, null, 1)}\n`;

interface Place {
  checkout: string;
  home: string;
}

/** Everything that needs a worker. The server stops while a network trains. */
async function play(place: Place): Promise<Scenes> {
  const server = await startRelease({ ...place, role: 'all' });
  try {
    const clients = await Promise.all(people.map((name) => ApiClient.signIn(server.url, name)));
    const [ada] = clients as [ApiClient];
    const colours = await playColours(clients);
    const waiting = await prepareWaiting(ada);
    const offline = await prepareOffline(ada);
    const networks = await playNetworks(ada);
    return { colours, waiting, offline, networks };
  } finally {
    await server.stop();
  }
}

/** Without a worker: leaves jobs and unsent answers behind, and reads what has to be there later. */
async function leave(place: Place, scenes: Scenes) {
  const server = await startRelease({ ...place, role: 'api' });
  try {
    const ada = await ApiClient.signIn(server.url, 'Ada');
    await leaveJobs(ada, scenes.waiting);
    const session = { checkout: place.checkout, client: ada };
    const browser: BrowserFixture = await playOffline(session, scenes.offline);
    const expected = await readAll(ada, scenes);
    await ada.close();
    return { expected, browser, walFile: await finishWal(place.home) };
  } finally {
    await server.stop();
  }
}

async function readAll(client: ApiClient, { colours, ...others }: Scenes): Promise<Expected> {
  const { datasetId, firstCursor, answers } = colours;
  const datasets: Expected['datasets'] = {};
  const files: Expected['files'] = {};
  for (const id of [datasetId, ...Object.values(others)]) {
    datasets[id] = await readDataset(client, id);
    files[id] = await readFiles(client, id);
  }
  const exports: Expected['exports'] = {};
  for (const { id } of datasets[datasetId]!.exports) exports[id] = await readExport(client, id);
  const events = await readEvents(client, datasetId, firstCursor);
  return {
    ...{ datasets, files, exports, answers },
    scenes: { colours: datasetId, ...others },
    events: { after: firstCursor, events },
  };
}

/** Starts a new WAL file, so that older ones need not be packed. @returns its name */
async function finishWal(home: string): Promise<string> {
  const folder = join(home, 'data', 'postgres');
  const pidFile = await readFile(join(folder, 'cluster', 'postmaster.pid'), 'utf8');
  const client = new Client({
    host: '127.0.0.1',
    port: Number(pidFile.split('\n')[3]),
    user: 'labelloop',
    password: (await readFile(join(folder, 'password'), 'utf8')).trim(),
    database: 'labelloop',
  });
  await client.connect();
  try {
    await client.query('SELECT pg_switch_wal()');
    await client.query('CHECKPOINT');
    const { rows } = await client.query<{ name: string }>(
      'SELECT pg_walfile_name(pg_current_wal_lsn()) AS name',
    );
    return rows[0]?.name ?? '';
  } finally {
    await client.end();
  }
}

/** Leaves out what belongs to a running server, and WAL that is not needed any more. */
function packHome(home: string, walFile: string): Promise<Buffer> {
  const isWanted = (path: string) => {
    if (/\/postmaster\.(pid|opts)$/.test(path)) return false;
    const wal = /\/pg_wal\/([0-9A-F]{24})$/.exec(path);
    return !wal || wal[1] === walFile;
  };
  return pack(home, isWanted, (path, bytes) => {
    if (isRelocated(path)) return Buffer.from(bytes.toString().replaceAll(home, homeMark));
    // A WAL file takes the place of an older one. What that held lies behind the last record.
    return path.endsWith(walFile) ? bytes.fill(0, usedWalBytes) : bytes;
  });
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
