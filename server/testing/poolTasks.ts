/** Entry point of a process for tests of the process pool. A task says what the process does. */
import { writeFile } from 'node:fs/promises';
import { serveTasks } from '../processes/serveTasks';

export type PoolTask =
  | { do: 'answer'; value: unknown }
  | { do: 'pid' }
  | { do: 'environment' }
  | { do: 'fail'; message: string }
  | { do: 'end' }
  | { do: 'block' }
  | { do: 'never' }
  | { do: 'allocate'; mebibytes: number }
  | { do: 'wait'; until: string; mebibytes?: number; begun?: string };

const held: Buffer[] = [];

serveTasks<PoolTask, unknown>(async (task, reserve) => {
  switch (task.do) {
    case 'answer':
      return task.value;
    case 'pid':
      return process.pid;
    case 'environment':
      return { ...process.env };
    case 'fail':
      throw new Error(task.message);
    case 'end':
      return process.exit(3);
    case 'block':
      for (;;);
    case 'never':
      return new Promise(() => {});
    case 'allocate':
      while (held.length < task.mebibytes) {
        held.push(Buffer.alloc(2 ** 20, 1));
        // The time in which the parent can notice.
        await new Promise((resolve) => setImmediate(resolve));
      }
      return held.length;
    case 'wait':
      if (task.mebibytes) await reserve(task.mebibytes);
      if (task.begun) await writeFile(task.begun, '');
      return waitForFile(task.until);
  }
});

async function waitForFile(path: string): Promise<string> {
  const { existsSync } = await import('node:fs');
  while (!existsSync(path)) await new Promise((resolve) => setTimeout(resolve, 5));
  return path;
}
