import { readdir, readFile } from 'node:fs/promises';

/** Processes and their memory, as Linux shows them under /proc. Other systems show none. */

export interface Process {
  pid: number;
  parent: number;
  /** The short name, at most 15 characters. */
  name: string;
  command: string;
}

async function readProcess(pid: number): Promise<Process | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8');
    // The name stands in brackets and may contain brackets.
    const [from, to] = [stat.indexOf('('), stat.lastIndexOf(')')];
    const parent = Number(stat.slice(to + 2).split(' ')[1]);
    return { pid, parent, name: stat.slice(from + 1, to), command: command.replaceAll('\0', ' ') };
  } catch {
    return undefined; // it has ended
  }
}

/** Returns a process and all below it. Empty if it is gone. */
export async function processTree(root: number): Promise<Process[]> {
  const names = await readdir('/proc').catch(() => []);
  const pids = names.filter((name) => /^\d+$/.test(name)).map(Number);
  const all = (await Promise.all(pids.map(readProcess))).filter((one) => one !== undefined);
  const tree = all.filter(({ pid }) => pid === root);
  for (const { pid } of tree) tree.push(...all.filter(({ parent }) => parent === pid));
  return tree;
}

/**
 * Memory of a process in bytes: its own pages, and its part of the pages that it shares (PSS). 0
 * if it has ended.
 */
export async function memoryOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0) * 1024;
}

export const isPostgres = ({ name, command }: Process): boolean =>
  name.startsWith('postgres') || command.startsWith('postgres');

export const isWorker = ({ command }: Process): boolean =>
  /^labelloop worker/.test(command) || /server[/\\]app[/\\]main\.js/.test(command);
