import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase, type TestDatabase } from '../testing/testDatabase';

const main = join(__dirname, '..', '..', 'dist', 'server', 'app', 'main.js');
jest.setTimeout(60_000);

let home: string;
let database: TestDatabase;
let taken: Server;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'labelloop-start-'));
  database = await createTestDatabase();
  taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
});
afterAll(async () => {
  taken.close();
  await database.drop();
  await rm(home, { recursive: true });
});

/** Starts the built server, which must end. @returns what it tells the operator */
async function failedStart(env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn(process.execPath, [main], {
    env: {
      ...process.env,
      LABELLOOP_ROLE: 'api',
      LABELLOOP_HOST: '127.0.0.1',
      LABELLOOP_PORT: '0',
      LABELLOOP_DATA: join(home, 'data'),
      DATABASE_URL: database.url,
      ...env,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let told = '';
  child.stderr.on('data', (chunk: Buffer) => (told += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  expect(code).toBe(1);
  return told;
}

const portOf = (server: Server) => String((server.address() as AddressInfo).port);

test('a port in use', async () => {
  const port = portOf(taken);
  expect(await failedStart({ LABELLOOP_PORT: port })).toBe(
    `Labelloop could not start. Port ${port} is used by another program. ` +
      'Stop that program, or set LABELLOOP_PORT to a free port.\n',
  );
});

test('a file in place of the data folder', async () => {
  const file = join(home, 'file');
  await writeFile(file, '');
  expect(await failedStart({ LABELLOOP_DATA: file })).toContain(`${file} is not a folder.`);
});

test('a database that is stopped, that is missing, and whose password is wrong', async () => {
  const url = new URL(database.url);
  const change = (changes: Partial<URL>) => Object.assign(new URL(url.href), changes).href;
  const closed = createServer().listen(0, '127.0.0.1');
  await once(closed, 'listening');
  const port = portOf(closed);
  closed.close();
  const starts = [{ port }, { pathname: '/missing' }, { password: 'wrong' }].map((changes) =>
    failedStart({ DATABASE_URL: change(changes) }),
  );
  const [stopped, missing, wrong] = await Promise.all(starts);
  expect(stopped).toContain(`No PostgreSQL answers at 127.0.0.1:${port}.`);
  expect(missing).toContain('has no database missing.');
  expect(wrong).toContain('refuses the user');
});
