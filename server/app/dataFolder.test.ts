import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { secureDataFolder } from './dataFolder';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'labelloop-folder-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const modeOf = async (...path: string[]) => (await stat(join(home, ...path))).mode & 0o777;
/** As root, the account of PostgreSQL passes through. */
const closed = process.getuid?.() === 0 ? 0o711 : 0o700;

test('a new folder is for its account alone', async () => {
  await secureDataFolder(join(home, 'data'));
  expect(await modeOf('data')).toBe(closed);
  expect(await modeOf('data', 'store')).toBe(0o700);
  expect(await modeOf('data', 'cache')).toBe(0o700);
});

test('a folder of an earlier version is corrected, with what is in it', async () => {
  await mkdir(join(home, 'data', 'store', 'images'), { recursive: true, mode: 0o755 });
  await mkdir(join(home, 'data', 'postgres'));
  await chmod(join(home, 'data', 'postgres'), 0o755);
  await writeFile(join(home, 'data', 'labelloop.pid'), '1');
  await chmod(join(home, 'data'), 0o755);
  await secureDataFolder(join(home, 'data'));
  expect(await modeOf('data')).toBe(closed);
  expect(await modeOf('data', 'store')).toBe(0o700);
  expect(await modeOf('data', 'postgres')).toBe(0o755);
});

test('rights are taken away, never added', async () => {
  await mkdir(join(home, 'data'));
  await chmod(join(home, 'data'), 0o700);
  await secureDataFolder(join(home, 'data'));
  expect(await modeOf('data')).toBe(0o700);
});

test('a folder that a group writes stays the group’s', async () => {
  await mkdir(join(home, 'data'));
  await chmod(join(home, 'data'), 0o770);
  await secureDataFolder(join(home, 'data'));
  expect(await modeOf('data')).toBe(0o770);
});
