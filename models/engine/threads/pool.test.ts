import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { getPriority, platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { compiledFile } from '../../compiled';
import { ThreadPool } from './pool';

/** The requests that the threads of these tests understand. */
type Order = { say: string } | { wait: SharedArrayBuffer } | { fail: string } | { die: string };

const script = (serve: string) => `
const { getPriority } = require('node:os');
const { threadId } = require('node:worker_threads');
const { serve } = require(${JSON.stringify(serve)});
void serve(async ({ broken }) => {
  if (broken) throw new Error(broken);
  return {
    answer: async ({ say, wait, fail, die }) => {
      if (wait) {
        const shared = new Int32Array(wait);
        // A second value tells that the work has begun.
        if (shared.length > 1) Atomics.store(shared, 1, 1), Atomics.notify(shared, 1);
        Atomics.wait(shared, 0, 0);
      }
      if (fail) throw new Error(fail);
      if (die === 'exit') process.exit(3);
      if (die) await new Promise(() => setImmediate(() => { throw new Error(die); }));
      return { say, threadId, priority: getPriority() };
    },
    dispose: async () => {},
  };
});`;

interface Answer {
  say?: string;
  threadId: number;
  priority: number;
}

let folder: string;
let file: string;
const pools: ThreadPool<{ broken?: string }, Order, Answer>[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'threads-'));
  file = join(folder, 'script.cjs');
  await writeFile(file, script(compiledFile(__dirname, 'serve.js')));
});
afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.dispose())));
afterAll(() => rm(folder, { recursive: true }));

function make(size: number, data: { broken?: string } = {}) {
  const pool = new ThreadPool<{ broken?: string }, Order, Answer>({
    ...{ name: 'the test', script: file, data, size },
  });
  pools.push(pool);
  return pool;
}

async function opened(size: number) {
  const pool = make(size);
  await pool.open();
  return pool;
}

const onLinux = platform() === 'linux' ? test : test.skip;

onLinux('threads give way to the main thread', async () => {
  const pool = await opened(1);
  const before = getPriority();
  expect(await pool.run({ say: 'hello' })).toMatchObject({ priority: 10 });
  expect(getPriority()).toBe(before);
});

/** Creates a request that blocks its thread until it is released. */
function gate() {
  const wait = new SharedArrayBuffer(4);
  const open = () => {
    Atomics.store(new Int32Array(wait), 0, 1);
    Atomics.notify(new Int32Array(wait), 0);
  };
  return { wait, open };
}

describe('a pool of threads', () => {
  it('starts a second thread only when the first is busy, and answers every order', async () => {
    const pool = await opened(2);
    for (const say of ['a', 'b', 'c']) expect(await pool.run({ say })).toMatchObject({ say });
    expect(pool.started).toBe(1);
    const held = gate();
    const slow = pool.run({ wait: held.wait });
    const quick = await pool.run({ say: 'meanwhile' });
    expect(pool.started).toBe(2);
    held.open();
    expect((await slow).threadId).not.toBe(quick.threadId);
  });

  it('never has more threads than its size: orders wait in line', async () => {
    const pool = await opened(1);
    const held = gate();
    const done: string[] = [];
    const orders = [
      pool.run({ wait: held.wait }).then(() => done.push('held')),
      ...['a', 'b'].map((say) => pool.run({ say }).then(() => done.push(say))),
    ];
    expect(pool.started).toBe(1);
    held.open();
    await Promise.all(orders);
    expect(done).toEqual(['held', 'a', 'b']);
  });

  it('hands on what an order threw, and the thread goes on', async () => {
    const pool = await opened(1);
    const { threadId } = await pool.run({ say: 'before' });
    await expect(pool.run({ fail: 'no such thing' })).rejects.toThrow('no such thing');
    expect(await pool.run({ say: 'after' })).toMatchObject({ say: 'after', threadId });
  });

  it.each([
    ['exit', 'ended by itself'],
    ['out of order', 'ended: out of order'],
  ])(
    'a thread that dies (%s) fails its own order only, and another takes over',
    async (die, why) => {
      const pool = await opened(1);
      const { threadId } = await pool.run({ say: 'before' });
      const dying = pool.run({ die });
      const after = pool.run({ say: 'after' });
      await expect(dying).rejects.toThrow(`A thread of the test ${why}`);
      expect(await after).toMatchObject({ say: 'after' });
      expect((await after).threadId).not.toBe(threadId);
      expect(pool.started).toBe(1);
    },
  );

  it('says why it cannot open, and keeps no thread', async () => {
    const pool = make(2, { broken: 'there is no such file' });
    await expect(pool.open()).rejects.toThrow('there is no such file');
    await pool.dispose();
    expect(pool.started).toBe(0);
  });

  it('lets running orders finish when it is disposed, and refuses those that wait', async () => {
    const pool = await opened(1);
    const held = gate();
    const running = pool.run({ wait: held.wait });
    const waits = pool.run({ say: 'too late' });
    const refused = expect(waits).rejects.toThrow('the test is disposed');
    const disposed = pool.dispose();
    await refused;
    held.open();
    await expect(running).resolves.toHaveProperty('threadId');
    await disposed;
    expect(pool.started).toBe(0);
    await expect(pool.run({ say: 'after' })).rejects.toThrow('disposed');
  });
});

describe('a process with idle or working threads', () => {
  const run = (body: string) => {
    const pool = JSON.stringify(compiledFile(__dirname, 'pool.js'));
    const options = JSON.stringify({ name: 'the test', script: file, data: {}, size: 1 });
    const code = `
      const { ThreadPool } = require(${pool});
      const pool = new ThreadPool(${options});
      pool.open().then(async () => { ${body} });`;
    return execFileSync(process.execPath, ['-e', code], { timeout: 20_000 }).toString();
  };

  it('ends although the pool was never disposed', () => {
    expect(run(`console.log((await pool.run({ say: 'done' })).say);`)).toBe('done\n');
  });

  it('lets what is running end before it exits', () => {
    const flag = 'const flag = new SharedArrayBuffer(8);';
    const open =
      'new (require("node:worker_threads").Worker)(' +
      "\"const f = new Int32Array(require('node:worker_threads').workerData);" +
      'Atomics.wait(f, 1, 0); Atomics.wait(f, 0, 0, 300); Atomics.store(f, 0, 1); Atomics.notify(f, 0)",' +
      '{ eval: true, workerData: flag });';
    const body = `${flag} ${open} void pool.run({ wait: flag });
      process.on('exit', () => console.log(new Int32Array(flag)[0]));
      setInterval(() => new Int32Array(flag)[1] && process.exit(0), 5);`;
    expect(run(body)).toBe('1\n');
  });
});
