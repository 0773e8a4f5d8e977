import { readFile } from 'node:fs/promises';

/** The size of a page on every 64-bit Linux that Node.js supports, but for some ARM kernels. */
const pageBytes = 4096;

/**
 * Returns the memory that a process holds in RAM and does not share with a file, in MiB. Undefined
 * where the system does not tell (only Linux does) or the process has ended.
 */
export async function processMemoryMiB(pid: number): Promise<number | undefined> {
  const text = await readFile(`/proc/${pid}/statm`, 'latin1').catch(() => undefined);
  const [, resident, shared] = (text ?? '').split(' ').map(Number);
  if (resident === undefined || shared === undefined) return undefined;
  return ((resident - shared) * pageBytes) / 2 ** 20;
}
