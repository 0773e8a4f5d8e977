import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { longestBlock } from './loopReports';
import { memoryOf, processTree } from './processes';

const onLinux = platform() === 'linux' ? test : test.skip;

onLinux(
  'a process tree holds the children of children, and ends with them (Linux only)',
  async () => {
    const script = `require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)'], { stdio: 'ignore' }).once('spawn', () => console.log('up'))`;
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    const tree = await processTree(child.pid ?? 0);
    const [parent, grandchild] = tree;
    expect(tree).toHaveLength(2);
    expect(grandchild?.parent).toBe(parent?.pid);
    expect(await memoryOf(child.pid ?? 0)).toBeGreaterThan(1_000_000);
    const ended = once(child, 'exit');
    for (const { pid } of tree) process.kill(pid, 'SIGKILL');
    await ended;
    expect(await processTree(child.pid ?? 0)).toEqual([]);
    expect(await memoryOf(child.pid ?? 0)).toBe(0);
  },
);

describe('the longest block of an event loop', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'labelloop-loops-'));
    const blocks = [
      [1_000, 900],
      [2_000, 30],
      [3_000, 70],
      [9_000, 800],
    ];
    await writeFile(join(folder, '5.json'), JSON.stringify({ pid: 5, blocks }));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('counts only the period', async () => {
    expect(await longestBlock(folder, 5, { from: 1_500, to: 4_000 })).toBe(70);
    expect(await longestBlock(folder, 5, { from: 1_500, to: 9_500 })).toBe(800);
  });

  it('counts a loop that is still blocked at the end', async () => {
    expect(await longestBlock(folder, 5, { from: 1_500, to: 69_000 })).toBe(60_000);
  });

  it('is 0 for a process that reported nothing', async () => {
    expect(await longestBlock(folder, 6, { from: 0, to: 9_000 })).toBe(0);
  });
});
