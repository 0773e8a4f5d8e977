import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/**
 * Locks a data folder against a second server with an embedded PostgreSQL, which would take the
 * first one's database for an orphan and stop it.
 *
 * @returns a function that releases the folder
 * @throws Error with the process that has it
 */
export async function lockDataFolder(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'labelloop.pid');
  const pid = Number(await readFile(file, 'utf8').catch(() => ''));
  if (pid && pid !== process.pid && (await isOurs(pid)))
    throw new Error(
      `Labelloop already runs on ${folder} (process ${pid}). Stop it, or set LABELLOOP_DATA to another folder.`,
    );
  await writeFile(file, String(process.pid));
  return () => rm(file, { force: true });
}

/** The pid may belong to another program now. */
async function isOurs(pid: number): Promise<boolean> {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() =>
    execute('ps', ['-o', 'command=', '-p', String(pid)]).then(
      ({ stdout }) => stdout,
      () => '',
    ),
  );
  return command.includes('labelloop');
}
