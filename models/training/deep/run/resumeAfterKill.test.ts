import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { killedEpochs } from '../../../testing/trainingToKill';
import { seededRandom } from '../../../numeric/random';

const root = join(__dirname, '..', '..', '..', '..');
const kills = 10;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'killed-training-'));
  execFileSync(process.execPath, ['scripts/build.mjs', 'server'], { cwd: root });
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));

interface ProcessResult {
  /** Number of epochs in the checkpoint at the start. */
  firstEpochs: number;
  /** Number of epochs in the last reported checkpoint. */
  savedEpochs: number;
  done?: string;
}

/** Runs a training, and kills it after a number of batches and a delay in milliseconds. */
async function runUntil(file: string, batches: number, delay: number): Promise<ProcessResult> {
  const script = join(root, 'dist', 'models', 'testing', 'trainingToKill.js');
  const child = spawn(process.execPath, [script, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const result: ProcessResult = { firstEpochs: -1, savedEpochs: 0 };
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let remaining = batches;
  for await (const line of createInterface({ input: child.stdout })) {
    const [word, value = ''] = line.split(' ');
    if (word === 'begin') result.firstEpochs = result.savedEpochs = Number(value);
    if (word === 'epoch') result.savedEpochs = Number(value);
    if (word === 'done') result.done = line;
    if (word !== 'batch' || --remaining !== 0) continue;
    const until = performance.now() + delay;
    while (performance.now() < until);
    child.kill('SIGKILL');
  }
  await ended;
  return result;
}

describe('a training that is killed', () => {
  it('ten times at random ends with the same epochs and weights', async () => {
    const uninterrupted = await runUntil(join(folder, 'whole'), Infinity, 0);
    expect(uninterrupted.done).toMatch(`done ${killedEpochs} `);
    const random = seededRandom(Date.now());
    const file = join(folder, 'killed');
    let saved = 0;
    for (let kill = 0; kill < kills; kill++) {
      const result = await runUntil(file, 1 + random.below(20), 8 * random.next());
      expect(result.done).toBeUndefined();
      // It resumes with every reported epoch. One more may have been saved at the moment of the
      // kill.
      expect([saved, saved + 1]).toContain(result.firstEpochs);
      saved = result.savedEpochs;
    }
    const last = await runUntil(file, Infinity, 0);
    expect(last.firstEpochs).toBeGreaterThan(0);
    expect(last.done).toBe(uninterrupted.done);
  }, 120_000);
});
