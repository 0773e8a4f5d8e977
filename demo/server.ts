import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../server/processes/freePort';

const projectRoot = join(__dirname, '..', '..');
const startTimeoutMs = 120_000;
const stopTimeoutMs = 20_000;

export interface RunningServer {
  url: string;
  /** The API process. The worker and PostgreSQL are below it. */
  pid: number;
  /** Resolves when the API process has ended, with the reason and its last output. */
  ended: Promise<string>;
  stop(): Promise<void>;
}

export interface ServerOptions {
  /** Further variables of the server. */
  env?: Readonly<Record<string, string>>;
  /** Whether its warnings are not shown as they come. */
  quiet?: boolean;
}

/** Runs the embedded product in a child process, with all its data in one temporary folder. */
export async function startServer(
  keep: boolean,
  { env = {}, quiet = false }: ServerOptions = {},
): Promise<RunningServer> {
  const folder = await mkdtemp(join(tmpdir(), 'labelloop-demo-'));
  // For root, PostgreSQL runs as another account, which has to enter its folder in here.
  await chmod(folder, 0o711);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawnServer(port, folder, env);
  const said = lastWords(child, quiet);
  const ended = once(child, 'exit').then(([code, signal]) =>
    `status ${code ?? signal}\n${said()}`.trim(),
  );
  const stop = async () => {
    await endProcess(child);
    if (!keep) await removeData(folder);
  };
  try {
    await Promise.race([waitUntilReady(url), failWhenEnded(ended)]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, pid: child.pid ?? 0, ended, stop };
}

function spawnServer(
  port: number,
  folder: string,
  env: Readonly<Record<string, string>>,
): ChildProcess {
  // eslint-disable-next-line no-restricted-syntax -- handed on to the server, which parses it; nothing is read here
  const { DATABASE_URL: _, ...inherited } = process.env;
  return spawn(process.execPath, [join(projectRoot, 'dist', 'server', 'app', 'main.js')], {
    cwd: projectRoot,
    // The child has its own process group, so Ctrl-C reaches it only through us and it is stopped
    // once.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...inherited,
      LABELLOOP_ROLE: 'all',
      LABELLOOP_HOST: '127.0.0.1',
      LABELLOOP_PORT: String(port),
      LABELLOOP_DATA: folder,
      LABELLOOP_LOG_LEVEL: 'warn',
      ...env,
    },
  });
}

/** Writes the server's warnings to stderr as they come, unless quiet, and quotes them if it ends. */
function lastWords(child: ChildProcess, quiet: boolean): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      text = (text + chunk.toString()).slice(-4_000);
      if (!quiet) process.stderr.write(chunk);
    });
  return () => text.trim();
}

async function failWhenEnded(ended: Promise<string>): Promise<never> {
  throw new Error(`The server ended while starting, with ${await ended}`);
}

async function waitUntilReady(url: string): Promise<void> {
  for (const end = Date.now() + startTimeoutMs; ; await delay(100)) {
    const ready = await fetch(`${url}/readyz`).catch(() => undefined);
    await ready?.arrayBuffer();
    if (ready?.status === 200) return;
    if (Date.now() > end)
      throw new Error(`The server was not ready within ${startTimeoutMs / 1_000} s.`);
  }
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const graceful = await Promise.race([ended, delay(stopTimeoutMs, 'late', { ref: false })]);
  if (graceful === 'late') child.kill('SIGKILL');
  await ended;
}

/** Lists the folder, and the one beside it that PostgreSQL got if its account could not enter. */
async function removeData(folder: string): Promise<void> {
  const elsewhere = await readFile(join(folder, 'postgres.location'), 'utf8').catch(() => '');
  for (const path of [elsewhere.trim(), folder])
    if (path) await rm(path, { recursive: true, force: true, maxRetries: 5 });
}
