import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { constants, getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { compiledFile } from '../../models/compiled';
import type { PoolTask } from '../testing/poolTasks';
import { waitUntil } from '../testing/waitUntil';
import { ProcessPool, type ProcessPoolOptions } from './processPool';

const pools: ProcessPool<PoolTask, unknown>[] = [];
afterEach(() => {
  for (const pool of pools.splice(0)) pool.close();
});

function poolOf(options: Partial<ProcessPoolOptions> = {}): ProcessPool<PoolTask, unknown> {
  const pool = new ProcessPool<PoolTask, unknown>({
    file: compiledFile(join(__dirname, '..', 'testing'), 'poolTasks.js'),
    processes: 2,
    tasksPerOwner: 2,
    deadlineMs: 20_000,
    memoryMiB: 300,
    heapMiB: 64,
    sharedMiB: 200,
    keptMiB: 200,
    idleMs: 60_000,
    env: {},
    ...options,
  });
  pools.push(pool);
  return pool;
}

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const endOf = (task: Promise<unknown>) =>
  task.then(
    (value) => ({ value }),
    (error: { end?: string; message: string }) => ({ end: error.end, message: error.message }),
  );

test('a task gets its answer, and its error becomes an error here', async () => {
  const pool = poolOf();
  expect(await pool.run('ada', { do: 'answer', value: Buffer.from('bytes') })).toEqual(
    Buffer.from('bytes'),
  );
  await expect(pool.run('ada', { do: 'fail', message: 'not a number' })).rejects.toThrow(
    'not a number',
  );
});

test('a process gives way to the server from its start', () => {
  const pool = poolOf();
  const task = endOf(pool.run('ada', { do: 'pid' }));
  expect(pool.processIds.map((pid) => getPriority(pid))).toEqual([
    constants.priority.PRIORITY_BELOW_NORMAL,
  ]);
  return task;
});

test('processes start with the first task, are used again, and end when they are idle', async () => {
  const pool = poolOf({ idleMs: 200 });
  expect(pool.processIds).toEqual([]);
  const first = (await pool.run('ada', { do: 'pid' })) as number;
  expect(await pool.run('ada', { do: 'pid' })).toBe(first);
  expect(pool.processIds).toEqual([first]);
  await waitUntil(() => !isRunning(first));
  expect(pool.processIds).toEqual([]);
});

test('a process that blocks is killed at the deadline, and the other tasks go on', async () => {
  const pool = poolOf({ deadlineMs: 1_000 });
  const blocked = endOf(pool.run('eve', { do: 'block' }));
  expect(await pool.run('ada', { do: 'answer', value: 1 })).toBe(1);
  expect(await blocked).toMatchObject({ end: 'DEADLINE' });
  expect(await pool.run('eve', { do: 'answer', value: 2 })).toBe(2);
});

test('a process that dies fails only its own task', async () => {
  const pool = poolOf({ processes: 1, tasksPerOwner: 1 });
  const ends = [
    endOf(pool.run('eve', { do: 'end' })),
    endOf(pool.run('ada', { do: 'answer', value: 'still here' })),
  ];
  expect(await Promise.all(ends)).toMatchObject([{ end: 'CRASH' }, { value: 'still here' }]);
});

const onLinux = process.platform === 'linux' ? test : test.skip;
onLinux('a process that takes more memory than allowed is killed', async () => {
  const pool = poolOf({ memoryMiB: 150 });
  const greedy = endOf(pool.run('eve', { do: 'allocate', mebibytes: 4_000 }));
  expect(await greedy).toMatchObject({ end: 'MEMORY' });
  expect(await pool.run('eve', { do: 'allocate', mebibytes: 20 })).toBe(20);
});

test('one person with many tasks does not keep another waiting', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'labelloop-pool-'));
  const gate = join(folder, 'gate');
  const pool = poolOf({ tasksPerOwner: 1 });
  const order: string[] = [];
  const note = (name: string) => () => void order.push(name);
  const many = Array.from({ length: 5 }, (_, index) =>
    pool.run('eve', { do: 'wait', until: gate }).then(note(`eve ${index}`)),
  );
  // One process is left for everybody else.
  expect(await pool.run('ada', { do: 'answer', value: 1 })).toBe(1);
  expect(order).toEqual([]);
  await writeFile(gate, '');
  await Promise.all(many);
  await rm(folder, { recursive: true });
});

test('a person who comes later waits for one task of another, not for all', async () => {
  const pool = poolOf({ processes: 1, tasksPerOwner: 1 });
  const order: string[] = [];
  const tasks = ['eve', 'eve', 'eve', 'ada'].map((owner) =>
    pool.run(owner, { do: 'pid' }).then(() => order.push(owner)),
  );
  await Promise.all(tasks);
  expect(order).toEqual(['eve', 'ada', 'eve', 'eve']);
});

test('a task waits for memory that another one holds, and the wait does not count', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'labelloop-pool-'));
  const [first, second] = [join(folder, 'first'), join(folder, 'second')];
  await writeFile(second, '');
  const pool = poolOf({ sharedMiB: 100, deadlineMs: 1_500 });
  const order: string[] = [];
  const begun = join(folder, 'begun');
  const held = endOf(pool.run('ada', { do: 'wait', until: first, mebibytes: 80, begun }));
  await waitUntil(() => existsSync(begun));
  const waits = pool
    .run('bob', { do: 'wait', until: second, mebibytes: 80 })
    .then(() => order.push('bob'));
  // The first one is killed at its deadline. Until then the second one waits.
  expect(await held.then((end) => (order.push('ada'), end))).toMatchObject({ end: 'DEADLINE' });
  await waits;
  expect(order).toEqual(['ada', 'bob']);
  await rm(folder, { recursive: true });
});

onLinux('a process that holds much after its task ends', async () => {
  const pool = poolOf({ keptMiB: 60 });
  await pool.run('ada', { do: 'allocate', mebibytes: 100 });
  expect(pool.processIds).toEqual([]);
});

test('closing kills every process, and what runs or waits fails', async () => {
  const pool = poolOf({ processes: 1, tasksPerOwner: 1 });
  const pid = (await pool.run('ada', { do: 'pid' })) as number;
  const ends = [endOf(pool.run('ada', { do: 'never' })), endOf(pool.run('bob', { do: 'pid' }))];
  pool.close();
  expect(await Promise.all(ends)).toMatchObject([{ end: 'CLOSED' }, { end: 'CLOSED' }]);
  await waitUntil(() => !isRunning(pid));
  expect(await endOf(pool.run('ada', { do: 'pid' }))).toMatchObject({ end: 'CLOSED' });
});

test('a process sees no variable of the server', async () => {
  const pool = poolOf({ env: { GIVEN: 'yes' } });
  const seen = (await pool.run('ada', { do: 'environment' })) as Record<string, string>;
  expect(seen.GIVEN).toBe('yes');
  expect(Object.keys(seen)).not.toContain('PATH');
  expect(Object.keys(seen)).not.toContain('DATABASE_URL');
});
