import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ServerProcess, isAlive } from '../testing/serverProcess';
import { waitUntil } from '../testing/waitUntil';

const root = join(__dirname, '..', '..');
jest.setTimeout(120_000);

let server: ServerProcess;

beforeAll(() => {
  execFileSync(process.execPath, [join(root, 'scripts', 'build.mjs'), 'server']);
});
beforeEach(async () => {
  server = await ServerProcess.create();
});
afterEach(() => server.remove());

/** Blocks the event loop of the real worker process. @returns its pid */
async function blockWorker(): Promise<number> {
  await waitUntil(async () => (await server.said('pid')) !== '');
  await server.hook('block');
  await waitUntil(async () => (await server.said('blocked')) !== '');
  return Number(await server.said('blocked'));
}

async function postgresPid(): Promise<number> {
  const home = await readFile(join(server.dataFolder, 'postgres.location'), 'utf8').catch(() =>
    join(server.dataFolder, 'postgres'),
  );
  const file = await readFile(join(home, 'cluster', 'postmaster.pid'), 'utf8');
  return Number(file.split('\n')[0]);
}

test('a worker that blocks is killed at shutdown, and the rest stops in order', async () => {
  await server.start({ LABELLOOP_STOP_GRACE_SECONDS: '1' });
  const worker = await blockWorker();
  const postgres = await postgresPid();
  const begun = performance.now();
  expect(await server.stop()).toBe(0);
  expect(performance.now() - begun).toBeLessThan(45_000);
  expect(isAlive(worker)).toBe(false);
  expect(isAlive(postgres)).toBe(false);
});

test('a worker that does not answer is killed and replaced while the API serves on', async () => {
  await server.start({ LABELLOOP_SILENCE_SECONDS: '5' });
  const worker = await blockWorker();
  await waitUntil(() => !isAlive(worker));
  await waitUntil(async () => Number(await server.said('pid')) !== worker);
  expect(isAlive(Number(await server.said('pid')))).toBe(true);
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
});
