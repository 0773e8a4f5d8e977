import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import pino from 'pino';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './embeddedPostgres';

const root = join(__dirname, '..', '..');
const asRoot = process.getuid?.() === 0 ? test : test.skip;
const logger = pino({ level: 'silent' });
const folders: string[] = [];
const running: EmbeddedPostgres[] = [];

afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
});
afterAll(async () => {
  for (const folder of folders) {
    await rm(await homeOf(folder), { recursive: true, force: true });
    await rm(folder, { recursive: true, force: true });
  }
});

async function dataFolder(mode: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'labelloop-postgres-'));
  await chmod(folder, mode);
  folders.push(folder);
  return folder;
}

async function start(folder: string): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres(folder, logger);
  running.push(server);
  return server;
}

/** Returns the folder of the cluster and the password. */
const homeOf = (folder: string) =>
  readFile(join(folder, 'postgres.location'), 'utf8').catch(() => join(folder, 'postgres'));
const pidFileOf = async (folder: string) => join(await homeOf(folder), 'cluster', 'postmaster.pid');
const pidOf = async (folder: string) =>
  Number((await readFile(await pidFileOf(folder), 'utf8')).split('\n')[0]);

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

const write = (url: string) => query(url, 'CREATE TABLE kept AS SELECT 42 AS answer');
const expectKept = async (url: string) =>
  expect(await query(url, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('what was written is there after a stop and a start', async () => {
  const folder = await dataFolder(0o755);
  const first = await start(folder);
  await write(first.url);
  const pid = await pidOf(folder);
  await first.stop();
  expect(isAlive(pid)).toBe(false);
  await expectKept((await start(folder)).url);
});

test('the password is random, needed, and for nobody else to read', async () => {
  const folder = folders[0] ?? '';
  const { url } = await start(folder);
  const password = new URL(url).password;
  expect(password).toMatch(/^[0-9a-f]{48}$/);
  const wrong = new URL(url);
  wrong.password = 'password';
  await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
  const modeOf = async (path: string) => (await stat(path)).mode & 0o077;
  const home = await homeOf(folder);
  expect(await modeOf(join(home, 'password'))).toBe(0);
  expect(await modeOf(join(home, 'cluster'))).toBe(0);
});

test('the product connects as a plain role that owns its database', async () => {
  const { url } = await start(folders[0] ?? '');
  const [role] = await query(
    url,
    'SELECT rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user',
  );
  expect(role).toEqual({ rolsuper: false, rolcreaterole: false });
  await query(
    url,
    'CREATE SCHEMA mine; CREATE TABLE mine.one (id serial); DROP SCHEMA mine CASCADE',
  );
  for (const sql of [
    `COPY (SELECT 1) TO PROGRAM 'true'`,
    `SELECT pg_read_file('postgresql.conf')`,
    'CREATE ROLE another SUPERUSER',
    'ALTER SYSTEM SET work_mem = 1024',
  ])
    await expect(query(url, sql)).rejects.toThrow('permission denied');
});

test('what an earlier version created as superuser is handed over at start', async () => {
  const folder = await dataFolder(0o755);
  const first = await start(folder);
  await query(
    first.adminUrl,
    `CREATE SCHEMA old; CREATE TYPE old.kind AS ENUM ('a');
     CREATE TABLE old.parent (id bigserial, key int GENERATED ALWAYS AS IDENTITY, kind old.kind) PARTITION BY LIST (id);
     CREATE TABLE old.part PARTITION OF old.parent FOR VALUES IN (1);
     CREATE VIEW old.shown AS SELECT * FROM old.parent;
     CREATE SEQUENCE old.free;
     CREATE FUNCTION old.one(int) RETURNS int LANGUAGE sql AS 'SELECT 1'`,
  );
  await first.stop();
  const { url } = await start(folder);
  await query(
    url,
    `ALTER TABLE old.parent ADD COLUMN later int; ALTER TYPE old.kind ADD VALUE 'b';
     INSERT INTO old.parent (id, kind) VALUES (1, 'a'); ALTER SEQUENCE old.free INCREMENT 2;
     CREATE OR REPLACE FUNCTION old.one(int) RETURNS int LANGUAGE sql AS 'SELECT 2';
     DROP VIEW old.shown; DROP SCHEMA old CASCADE`,
  );
});

test('a stale postmaster.pid that names another program’s process does not hinder', async () => {
  const folder = folders[0] ?? '';
  const stale = `${process.ppid}\n${folder}\n1\n5432\n\n127.0.0.1\n0 0\n`;
  await writeFile(await pidFileOf(folder), stale);
  await expectKept((await start(folder)).url);
  expect(isAlive(process.ppid)).toBe(true);
});

test('ends as crashed, with what it said, when somebody else stops it', async () => {
  const folder = folders[0] ?? '';
  const server = await start(folder);
  process.kill(await pidOf(folder), 'SIGQUIT');
  expect((await server.crashed).message).toMatch(/^PostgreSQL ended with/);
});

test('kill -9 of the server orphans PostgreSQL; the next start stops it and has the data', async () => {
  execFileSync(process.execPath, [join(root, 'scripts', 'build.mjs'), 'server'], { cwd: root });
  const folder = await dataFolder(0o755);
  const script = `require(${JSON.stringify(join(root, 'dist/server/database/embeddedPostgres.js'))})
    .startEmbeddedPostgres(${JSON.stringify(folder)}, require('pino')({ level: 'silent' }))
    .then(({ url }) => process.stdout.write(url));`;
  const parent = spawn(process.execPath, ['-e', script], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [url] = (await once(parent.stdout, 'data')) as [Buffer];
  await write(url.toString());
  const orphan = await pidOf(folder);
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  expect(isAlive(orphan)).toBe(true);
  const server = await start(folder);
  expect(isAlive(orphan)).toBe(false);
  await expectKept(server.url);
});

asRoot('works in a folder that only root can enter (skipped unless root)', async () => {
  const folder = await dataFolder(0o700);
  const first = await start(folder);
  await write(first.url);
  expect(dirname(await homeOf(folder))).not.toBe(folder);
  await first.stop();
  await expectKept((await start(folder)).url);
});
