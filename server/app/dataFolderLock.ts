import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { parseStat } from '../processes/processStat';

const execute = promisify(execFile);
/** A process needs milliseconds to take the lock. One that was killed meanwhile leaves its turn behind. */
const maxTurnMs = 10_000;

/**
 * Locks a data folder against a second server with an embedded PostgreSQL, which would take the
 * first one's database for an orphan and stop it. The lock of a process that was killed is replaced.
 *
 * @returns a function that releases the folder
 * @throws Error with the process that has it
 */
export async function lockDataFolder(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true });
  const pidFile = join(folder, 'labelloop.pid');
  const startFile = join(folder, 'labelloop.start');
  await inTurn(join(folder, 'labelloop.turn'), async () => {
    const pid = Number(await readFile(pidFile, 'utf8').catch(() => ''));
    const start = await readFile(startFile, 'utf8').catch(() => '');
    if (pid && pid !== process.pid && (await isAlive(pid, start)))
      throw new Error(
        `Labelloop already runs on ${folder} (process ${pid}). Stop it, or set LABELLOOP_DATA to another folder.`,
      );
    await writeFile(startFile, `${process.pid} ${await startOf(process.pid)}`);
    await writeFile(pidFile, String(process.pid));
  });
  return async () => {
    await rm(pidFile, { force: true });
    await rm(startFile, { force: true });
  };
}

/** Of the processes that start at once, one at a time looks at the lock. */
async function inTurn(folder: string, work: () => Promise<void>): Promise<void> {
  while (!(await isCreated(folder))) {
    const since = await stat(folder).then(
      ({ mtimeMs }) => mtimeMs,
      () => Date.now(),
    );
    if (Math.abs(Date.now() - since) > maxTurnMs) await rmdir(folder).catch(() => {});
    await delay(20);
  }
  await work().finally(() => rmdir(folder).catch(() => {}));
}

const isCreated = (folder: string): Promise<boolean> =>
  mkdir(folder).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );

/** The pid may belong to another program now, so the time of its start counts too. */
async function isAlive(pid: number, recorded: string): Promise<boolean> {
  const now = await startOf(pid);
  if (!now) return false;
  // Versions before this one recorded no start.
  if (!recorded.startsWith(`${pid} `)) return isNamedLabelloop(pid);
  return recorded === `${pid} ${now}`;
}

/** When a process started, as text that no later process with its id has. Empty if it has ended. */
async function startOf(pid: number): Promise<string> {
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    const { state, startTicks } = parseStat(await readFile(`/proc/${pid}/stat`, 'utf8'));
    return ['Z', 'X'].includes(state) ? '' : `${boot.trim()} ${startTicks}`;
  } catch {
    return printed('lstart=', pid);
  }
}

async function isNamedLabelloop(pid: number): Promise<boolean> {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() =>
    printed('command=', pid),
  );
  return command.includes('labelloop');
}

/** A column of `ps`, in the same language and time zone for every process. */
const printed = (column: string, pid: number): Promise<string> =>
  execute('env', ['LC_ALL=C', 'TZ=UTC', 'ps', '-o', column, '-p', String(pid)]).then(
    ({ stdout }) => stdout.trim(),
    () => '',
  );
