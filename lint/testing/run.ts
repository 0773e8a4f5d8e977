import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

export const repository = join(__dirname, '..', '..');

/** Several processes of our own and a busy machine: a run may take this long. */
export const runTimeoutMs = 120_000;

/** Runs a tool of this project and returns what it printed, whether or not it found fault. */
export async function run(tool: string, args: string[], { cwd }: { cwd: string }) {
  const file = join(repository, 'node_modules', '.bin', tool);
  const child = spawn(file, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { output, errors };
}
