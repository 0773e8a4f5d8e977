import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../processes/freePort';

const startTimeoutMs = 120_000;
const stopTimeoutMs = 30_000;

export interface ReleaseServer {
  url: string;
  stop: () => Promise<void>;
}

interface StartOptions {
  /** A checkout that `node scripts/build.mjs` has built. */
  checkout: string;
  /** Holds `data`, the data folder, and `backbones`. */
  home: string;
  /** `api` takes no jobs and deletes nothing that is old. */
  role: 'all' | 'api';
}

/** Starts a checkout of any release as a process, with its embedded PostgreSQL. */
export async function startRelease({ checkout, home, role }: StartOptions): Promise<ReleaseServer> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [join(checkout, 'dist', 'server', 'app', 'main.js')], {
    cwd: checkout,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      DATABASE_URL: undefined,
      LABELLOOP_ROLE: role,
      LABELLOOP_HOST: '127.0.0.1',
      LABELLOOP_PORT: String(port),
      LABELLOOP_DATA: join(home, 'data'),
      LABELLOOP_BACKBONES: join(home, 'backbones'),
      LABELLOOP_CACHE: join(home, 'cache'),
      LABELLOOP_SHARED: join(home, 'shared'),
      LABELLOOP_TFJS_BACKEND: 'wasm',
      LABELLOOP_ONNX_PROVIDER: 'cpu',
      // A fixture grows old: its events have to be there when it is opened decades later.
      LABELLOOP_EVENT_RETENTION_HOURS: '500000',
      LABELLOOP_LOG_LEVEL: 'error',
    },
  });
  const output = collectOutput(child);
  try {
    await Promise.race([waitUntilReady(url), failWhenEnded(child, output)]);
  } catch (error) {
    await endProcess(child);
    throw error;
  }
  return { url, stop: () => endProcess(child) };
}

/** The last output; LABELLOOP_TEST_LOG also prints it as it comes. */
function collectOutput(child: ChildProcess): () => string {
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      text = (text + chunk.toString()).slice(-4_000);
      if (process.env.LABELLOOP_TEST_LOG) process.stderr.write(chunk);
    });
  return () => text.trim();
}

async function failWhenEnded(child: ChildProcess, output: () => string): Promise<never> {
  const [code] = (await once(child, 'exit')) as [number | null];
  throw new Error(`The server ended with status ${code} while it started:\n${output()}`);
}

async function waitUntilReady(url: string): Promise<void> {
  for (const end = Date.now() + startTimeoutMs; Date.now() < end; await delay(100)) {
    const response = await fetch(`${url}/readyz`).catch(() => undefined);
    await response?.arrayBuffer();
    if (response?.ok) return;
  }
  throw new Error(`The server was not ready within ${startTimeoutMs / 1_000} s.`);
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const late = delay(stopTimeoutMs, 'late', { ref: false });
  if ((await Promise.race([ended, late])) === 'late') child.kill('SIGKILL');
  await ended;
}
