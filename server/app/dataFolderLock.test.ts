import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
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

test('a pid that now belongs to another program does not hinder', async () => {
  await writeFile(join(folder, 'labelloop.pid'), '1');
  const release = await lockDataFolder(folder);
  expect(await readFile(join(folder, 'labelloop.pid'), 'utf8')).toBe(String(process.pid));
  await release();
  await expect(readFile(join(folder, 'labelloop.pid'))).rejects.toThrow('ENOENT');
});
