import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { compiledFile } from '../../models/compiled';
import { lockDataFolder } from './dataFolderLock';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'labelloop-lock-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('a folder that another Labelloop has is refused, naming its process', async () => {
  const other = spawn(process.execPath, [
    '-e',
    "process.title = 'labelloop all'; console.log(1); setInterval(() => {}, 1e6)",
  ]);
  await once(other.stdout, 'data');
  await writeFile(join(folder, 'labelloop.pid'), String(other.pid));
  await expect(lockDataFolder(folder)).rejects.toThrow(`process ${other.pid}`);
  other.kill('SIGKILL');
  await once(other, 'exit');
  await expect(lockDataFolder(folder)).resolves.toBeDefined();
});

test('a turn that a killed process left behind does not hinder for long', async () => {
  const turn = join(folder, 'labelloop.turn');
  await mkdir(turn);
  const longAgo = new Date(Date.now() - 60_000);
  await utimes(turn, longAgo, longAgo);
  const release = await lockDataFolder(folder);
  await release();
  expect(await readdir(folder)).toEqual([]);
});

test('a pid that now belongs to another program does not hinder', async () => {
  await writeFile(join(folder, 'labelloop.pid'), '1');
  const release = await lockDataFolder(folder);
  expect(await readFile(join(folder, 'labelloop.pid'), 'utf8')).toBe(String(process.pid));
  await release();
  await expect(readFile(join(folder, 'labelloop.pid'))).rejects.toThrow('ENOENT');
});

/** Locks the folder in a process of its own. Resolves with what it got. */
async function lockInProcess(): Promise<{ process: ChildProcess; got: string }> {
  const script = `require(${JSON.stringify(compiledFile(__dirname, 'dataFolderLock.js'))})
    .lockDataFolder(process.argv[1])
    .then(() => 'locked', (error) => error.message)
    .then((got) => { console.log(got); setInterval(() => {}, 1e6); })`;
  const child = spawn(process.execPath, ['-e', script, folder]);
  const [text] = (await once(child.stdout, 'data')) as [Buffer];
  return { process: child, got: text.toString().trim() };
}

test('of processes that start at once over a stale lock, one gets the folder', async () => {
  await writeFile(join(folder, 'labelloop.pid'), '1');
  await writeFile(join(folder, 'labelloop.start'), '1 of another start');
  const starts = await Promise.all([1, 2, 3, 4].map(lockInProcess));
  const others = starts.filter(({ got }) => got !== 'locked');
  expect(others).toHaveLength(3);
  for (const { got } of others) expect(got).toContain('Labelloop already runs on');
  for (const { process: child } of starts) child.kill('SIGKILL');
  await Promise.all(starts.map(({ process: child }) => once(child, 'exit')));
  expect((await lockInProcess().then(stopped)).got).toBe('locked');
  expect((await readdir(folder)).sort()).toEqual(['labelloop.pid', 'labelloop.start']);
});

async function stopped<T extends { process: ChildProcess }>(started: T): Promise<T> {
  started.process.kill('SIGKILL');
  await once(started.process, 'exit');
  return started;
}
