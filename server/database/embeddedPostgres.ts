import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { chown, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import type { Logger } from 'pino';
import { freePort } from '../processes/freePort';
import { plainRole, preparePlainRole } from './plainRole';
import {
  canReach,
  postgresBinaries,
  systemPath,
  unprivilegedAccount,
  type Account,
  type Binaries,
} from './postgresBinaries';

export interface EmbeddedPostgres {
  /** Connects as a plain role that owns the database. */
  url: string;
  /** Connects as the superuser, which only supervises. */
  adminUrl: string;
  /** Resolves when PostgreSQL ends by itself, with its last output. */
  crashed: Promise<Error>;
  stop: () => Promise<void>;
}

interface Home {
  cluster: string;
  passwordFile: string;
  account: Account | undefined;
}

const run = promisify(execFile);
const superuser = 'labelloop';
const database = 'labelloop';
const startTimeoutMs = 30_000;
const stopTimeoutMs = 10_000;

/**
 * Starts a real PostgreSQL with its files in the data folder. Stops one that a killed server left
 * running.
 *
 * @param given programs of another version than the installed package's
 */
export async function startEmbeddedPostgres(
  dataFolder: string,
  logger: Logger,
  given?: Binaries,
): Promise<EmbeddedPostgres> {
  const account = unprivilegedAccount();
  const binaries = given ?? (await postgresBinaries(account));
  const home = await prepareHome(dataFolder, account);
  const password = await ensurePassword(home);
  await stopOrphan(home, logger);
  if (!(await exists(join(home.cluster, 'PG_VERSION')))) await initialise(home, binaries);
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(home, binaries, password, logger);
    } catch (error) {
      if (attempt === 3) throw error;
      logger.warn({ error, attempt }, 'PostgreSQL did not start; retrying');
      await delay(250 * 2 ** attempt);
    }
  }
}

const exists = async (path: string) => Boolean(await stat(path).catch(() => undefined));

/** The cluster is in the data folder, unless it runs as an account that cannot enter there. */
async function prepareHome(dataFolder: string, account: Account | undefined): Promise<Home> {
  await mkdir(dataFolder, { recursive: true });
  const pointer = join(dataFolder, 'postgres.location');
  let folder = await readFile(pointer, 'utf8').catch(() => '');
  if (!folder) {
    const inside = join(dataFolder, 'postgres');
    folder = (await canReach(dataFolder, account)) ? inside : systemPath(randomUUID());
    if (folder !== inside) await writeFile(pointer, folder);
  }
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const cluster = join(folder, 'cluster');
  await mkdir(cluster, { recursive: true, mode: 0o700 });
  if (account) {
    await chown(folder, account.uid, account.gid);
    await chown(cluster, account.uid, account.gid);
  }
  return { cluster, passwordFile: join(folder, 'password'), account };
}

async function ensurePassword({ passwordFile, account }: Home): Promise<string> {
  if (!(await exists(passwordFile))) {
    await writeFile(passwordFile, randomBytes(24).toString('hex'), { mode: 0o600 });
    if (account) await chown(passwordFile, account.uid, account.gid);
  }
  return (await readFile(passwordFile, 'utf8')).trim();
}

const identity = (account: Account | undefined) =>
  account && { uid: account.uid, gid: account.gid };

async function initialise(
  { cluster, passwordFile, account }: Home,
  { initdb, localeFlags }: Binaries,
) {
  const flags = [
    `--pgdata=${cluster}`,
    `--username=${superuser}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    ...localeFlags,
  ];
  const child = spawn(initdb, flags, { ...identity(account), stdio: ['ignore', 'ignore', 'pipe'] });
  const said = lastWords(child);
  const code = await exitOf(child);
  if (code === 0) return;
  await rm(cluster, { recursive: true, force: true });
  throw new Error(`initdb ended with status ${code}: ${said()}`);
}

function lastWords(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.on('data', (chunk: Buffer) => (text = (text + chunk.toString()).slice(-2_000)));
  return () => text.trim();
}

const exitOf = (child: ChildProcess) =>
  new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.once('exit', (code) => resolve(code));
  });

/** A killed server (`kill -9`) leaves PostgreSQL running. Ours has to own the cluster alone. */
async function stopOrphan({ cluster }: Home, logger: Logger): Promise<void> {
  const pidFile = join(cluster, 'postmaster.pid');
  const pid = Number((await readFile(pidFile, 'utf8').catch(() => '')).split('\n')[0]);
  if (!pid || !(await isPostmasterOf(pid, cluster))) {
    // A pid that now belongs to another program would stop PostgreSQL from starting.
    await rm(pidFile, { force: true });
    return;
  }
  logger.warn({ pid }, 'stopping the PostgreSQL that a killed server left running');
  await terminate(pid);
}

async function isPostmasterOf(pid: number, cluster: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  return (await commandLineOf(pid)).includes(cluster);
}

/**
 * Read from /proc on Linux, from `ps` elsewhere. Empty if it is unknown, and then the process is
 * not ours to stop.
 */
async function commandLineOf(pid: number): Promise<string> {
  try {
    return await readFile(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    const { stdout } = await run('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => ({
      stdout: '',
    }));
    return stdout;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one. */
async function terminate(pid: number): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (!isAlive(pid)) return;
    process.kill(pid, signal);
    for (const end = Date.now() + stopTimeoutMs; Date.now() < end; await delay(20))
      if (!isAlive(pid)) return;
  }
}

async function start(
  home: Home,
  { postgres }: Binaries,
  password: string,
  logger: Logger,
): Promise<EmbeddedPostgres> {
  const port = await freePort();
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '100',
    shared_buffers: '128MB',
    timezone: 'UTC',
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  // It has its own process group, so Ctrl-C reaches it only through us, after the last transaction.
  const child = spawn(postgres, ['-D', home.cluster, ...flags], {
    ...identity(home.account),
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const said = lastWords(child);
  child.stderr.on('data', (chunk: Buffer) => logger.debug(chunk.toString().trim()));
  const exit = exitOf(child);
  await Promise.race([
    waitUntilReady(port, password),
    exit.then((code) => Promise.reject(new Error(`PostgreSQL ended with ${code}: ${said()}`))),
  ]);
  await ensureDatabase(port, password);
  const adminUrl = urlOf(port, password, database);
  const plainPassword = await withClient(adminUrl, (client) => preparePlainRole(client, database));
  let stopping = false;
  const crashed = exit.then((code) =>
    stopping ? new Promise<never>(() => {}) : new Error(`PostgreSQL ended with ${code}: ${said()}`),
  );
  const stop = async () => {
    stopping = true;
    if (child.pid) await terminate(child.pid);
  };
  const url = urlOf(port, plainPassword, database, plainRole);
  return { url, adminUrl, crashed, stop };
}

const urlOf = (port: number, password: string, name: string, role = superuser) =>
  `postgresql://${role}:${password}@127.0.0.1:${port}/${name}`;

async function withClient<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return await use(client);
  } finally {
    await client.end().catch(() => {});
  }
}

async function waitUntilReady(port: number, password: string): Promise<void> {
  const url = urlOf(port, password, 'postgres');
  for (const end = Date.now() + startTimeoutMs; ; await delay(25)) {
    try {
      return await withClient(url, async (client) => void (await client.query('SELECT 1')));
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}

async function ensureDatabase(port: number, password: string): Promise<void> {
  await withClient(urlOf(port, password, 'postgres'), async (client) => {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${database}`);
  });
}
