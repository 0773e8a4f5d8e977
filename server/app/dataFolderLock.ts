import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseStat } from '../processes/processStat';

const execute = promisify(execFile);
const maxAttempts = 10;

/**
 * Locks a data folder against a second server with an embedded PostgreSQL, which would take the
 * first one's database for an orphan and stop it. The lock of a process that was killed is replaced.
 *
 * @returns a function that releases the folder
 * @throws Error with the process that has it
 */
export async function lockDataFolder(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'labelloop.pid');
  const own = `${process.pid} ${await startOf(process.pid)}`.trim();
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    if (await createWith(file, own)) return () => rm(file, { force: true });
    const holder = await readFile(file, 'utf8').catch(() => undefined);
    if (holder === undefined) continue;
    const pid = Number.parseInt(holder, 10);
    if (pid !== process.pid && (await isAlive(holder)))
      throw new Error(
        `Labelloop already runs on ${folder} (process ${pid}). Stop it, or set LABELLOOP_DATA to another folder.`,
      );
    await removeStale(file, holder);
  }
  throw new Error(
    `Several Labelloop servers start on ${folder} at once. Start one, or set LABELLOOP_DATA to another folder.`,
  );
}

/** Creates the file with its content in one step. @returns false if there is one */
async function createWith(file: string, content: string): Promise<boolean> {
  const staging = `${file}.${randomUUID()}`;
  await writeFile(staging, content, { mode: 0o600 });
  try {
    await link(staging, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(staging, { force: true });
  }
}

/** Another process may have replaced the stale lock meanwhile. Its lock is put back. */
async function removeStale(file: string, content: string): Promise<void> {
  const removed = `${file}.${randomUUID()}`;
  try {
    await rename(file, removed);
  } catch {
    return;
  }
  if ((await readFile(removed, 'utf8')) !== content) await link(removed, file).catch(() => {});
  await rm(removed, { force: true });
}

/** The pid may belong to another program now, so the time of its start counts too. */
async function isAlive(holder: string): Promise<boolean> {
  const [pid = '', ...start] = holder.trim().split(' ');
  const now = await startOf(Number(pid));
  if (!now) return false;
  // Versions before this one wrote the pid alone.
  return start.length > 0 ? start.join(' ') === now : isNamedLabelloop(pid);
}

/** When a process started, as text that no later process with its id has. Empty if there is none. */
async function startOf(pid: number): Promise<string> {
  if (!(pid > 0)) return '';
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    return `${boot.trim()} ${parseStat(await readFile(`/proc/${pid}/stat`, 'utf8')).startTicks}`;
  } catch {
    return printed('lstart=', String(pid));
  }
}

async function isNamedLabelloop(pid: string): Promise<boolean> {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() =>
    printed('command=', pid),
  );
  return command.includes('labelloop');
}

const printed = (column: string, pid: string): Promise<string> =>
  execute('ps', ['-o', column, '-p', pid]).then(
    ({ stdout }) => stdout.trim(),
    () => '',
  );
