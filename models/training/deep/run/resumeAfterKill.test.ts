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

interface Life {
  /** Epochs that were there when it began. */
  begun: number;
  /** Epochs whose checkpoint it reported. */
  kept: number;
  done?: string;
}

/** Lets a training run until it has printed so many batches, and then some microseconds. */
async function live(file: string, batches: number, moments: number): Promise<Life> {
  const script = join(root, 'dist', 'models', 'testing', 'trainingToKill.js');
  const child = spawn(process.execPath, [script, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const life: Life = { begun: -1, kept: 0 };
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let left = batches;
  for await (const line of createInterface({ input: child.stdout })) {
    const [word, value = ''] = line.split(' ');
    if (word === 'begin') life.begun = life.kept = Number(value);
    if (word === 'epoch') life.kept = Number(value);
    if (word === 'done') life.done = line;
    if (word !== 'batch' || --left !== 0) continue;
    const until = performance.now() + moments;
    while (performance.now() < until);
    child.kill('SIGKILL');
  }
  await ended;
  return life;
}

describe('a training that is killed', () => {
  it('ten times at random ends with the same epochs and weights, losing none but the one in flight', async () => {
    const whole = await live(join(folder, 'whole'), Infinity, 0);
    expect(whole.done).toMatch(`done ${killedEpochs} `);
    const random = seededRandom(Date.now());
    const file = join(folder, 'killed');
    let kept = 0;
    for (let kill = 0; kill < kills; kill++) {
      const life = await live(file, 1 + random.below(20), 8 * random.next());
      expect(life.done).toBeUndefined();
      // It begins with every epoch that was reported before, and at most one that was put away
      // at the very moment of the kill.
      expect([kept, kept + 1]).toContain(life.begun);
      kept = life.kept;
    }
    const last = await live(file, Infinity, 0);
    expect(last.begun).toBeGreaterThan(0);
    expect(last.done).toBe(whole.done);
  }, 120_000);
});
