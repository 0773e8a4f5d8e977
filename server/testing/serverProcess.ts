import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../processes/freePort';
import { meanColour } from '../../models/testing';
import { waitUntil } from './waitUntil';

const root = join(__dirname, '..', '..');

/**
 * The built server as a process with its worker process and its embedded PostgreSQL. Files in its
 * folder of hooks make the worker block or die (hostileWorker.cjs).
 */
export class ServerProcess {
  private child: ChildProcess | undefined;
  private port = 0;

  private constructor(private readonly home: string) {}

  static async create(): Promise<ServerProcess> {
    const home = await mkdtemp(join(tmpdir(), 'labelloop-process-'));
    await chmod(home, 0o755);
    await writeFile(join(home, 'mean_colour.onnx'), meanColour());
    return new ServerProcess(home);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get dataFolder(): string {
    return join(this.home, 'data');
  }

  /** Resolves when the API is ready. */
  async start(env: NodeJS.ProcessEnv = {}): Promise<void> {
    this.port = await freePort();
    this.child = spawn(process.execPath, [join(root, 'dist', 'server', 'app', 'main.js')], {
      env: {
        ...process.env,
        NODE_OPTIONS: `--require ${join(__dirname, 'hostileWorker.cjs')}`,
        DATABASE_URL: undefined,
        LABELLOOP_TEST_HOOKS: this.home,
        LABELLOOP_DATA: this.dataFolder,
        LABELLOOP_BACKBONES: this.home,
        LABELLOOP_SHARED: this.home,
        LABELLOOP_CACHE: this.home,
        LABELLOOP_HOST: '127.0.0.1',
        LABELLOOP_PORT: String(this.port),
        LABELLOOP_LOG_LEVEL: process.env.LABELLOOP_TEST_LOG ?? 'silent',
        ...env,
      },
      stdio: ['ignore', process.env.LABELLOOP_TEST_LOG ? 'inherit' : 'ignore', 'inherit'],
    });
    await waitUntil(() =>
      fetch(`${this.url}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
  }

  /** Asks the server to stop. @returns its exit status */
  async stop(): Promise<number | null> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return null;
    const exited = once(child, 'exit') as Promise<[number | null]>;
    child.kill('SIGTERM');
    return (await exited)[0];
  }

  async remove(): Promise<void> {
    await this.stop();
    await rm(this.home, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Makes the worker misbehave in this way, see hostileWorker.cjs. */
  async hook(name: string): Promise<void> {
    await writeFile(join(this.home, name), '');
  }

  async unhook(name: string): Promise<void> {
    await rm(join(this.home, name), { force: true });
  }

  /** What a hook wrote. Empty before it did. */
  said(name: string): Promise<string> {
    return readFile(join(this.home, name), 'utf8').catch(() => '');
  }

  /** Reasons for which workers died, in order. */
  async deaths(): Promise<string[]> {
    return (await this.said('deaths')).split('\n').filter(Boolean);
  }
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
