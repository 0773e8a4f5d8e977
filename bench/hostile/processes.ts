import { readdir, readFile } from 'node:fs/promises';
import { parseStat } from '../../server/processes/processStat';

/** Processes and their memory, as Linux shows them under /proc. Other systems show none. */

export interface Process {
  pid: number;
  parent: number;
  /** The short name, at most 15 characters. */
  name: string;
  command: string;
}

type Listed = Omit<Process, 'command'>;

async function readStat(pid: number): Promise<Listed | undefined> {
  try {
    const { name, parent } = parseStat(await readFile(`/proc/${pid}/stat`, 'utf8'));
    return { pid, parent, name };
  } catch {
    return undefined; // it has ended
  }
}

async function withCommand(listed: Listed): Promise<Process> {
  const command = await readFile(`/proc/${listed.pid}/cmdline`, 'utf8').catch(() => '');
  return { ...listed, command: command.replaceAll('\0', ' ') };
}

/** Returns a process and all below it. Empty if it is gone. */
export async function processTree(root: number): Promise<Process[]> {
  const names = await readdir('/proc').catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  const all = (await Promise.all(pids.map(readStat))).filter((one) => one !== undefined);
  const tree = all.filter(({ pid }) => pid === root);
  for (const { pid } of tree) tree.push(...all.filter(({ parent }) => parent === pid));
  return Promise.all(tree.map(withCommand));
}

/**
 * Memory of a process in bytes, without the pages of files, which processes share. 0 if it has
 * ended. Reading a process's share of them (PSS) stops the process for milliseconds, which would
 * change the measurement.
 */
export async function memoryOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kib = (pattern: RegExp) => Number(pattern.exec(text)?.[1] ?? 0);
  return (kib(/^RssAnon:\s+(\d+) kB/m) + kib(/^RssShmem:\s+(\d+) kB/m)) * 1024;
}

export const isPostgres = ({ name, command }: Process): boolean =>
  name.startsWith('postgres') || command.startsWith('postgres');

export const isWorker = ({ command }: Process): boolean =>
  /^labelloop worker/.test(command) || /server[/\\]app[/\\]main\.js/.test(command);
