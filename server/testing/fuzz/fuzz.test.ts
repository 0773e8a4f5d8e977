import { randomBytes } from 'node:crypto';
import { fuzz } from './fuzz';
import { fuzzTargets, type FuzzTargetName } from './targets';

/** A short run of every target. `npm run fuzz` runs them for as long as you like. */
const seconds = 5;
const seed = process.env.LABELLOOP_FUZZ_SEED ?? randomBytes(8).toString('hex');

beforeAll(() => {
  process.stderr.write(`fuzzing with LABELLOOP_FUZZ_SEED=${seed}\n`);
});

test.each(Object.keys(fuzzTargets) as FuzzTargetName[])(
  '%s refuses what it cannot read, and nothing else happens',
  async (target) => {
    const { inputs, finding } = await fuzz({ target, seed, seconds });
    const found =
      finding && `${finding.reason}\nseed ${seed}, input ${finding.input.toString('base64')}`;
    expect(found).toBeUndefined();
    expect(inputs).toBeGreaterThan(10);
  },
);

describe('the fuzzer finds', () => {
  test('an error that is not the reader’s own', async () => {
    const { finding } = await fuzz({ target: 'throws', seed, seconds: 20 });
    expect(finding?.reason).toContain('TypeError: cannot read this');
    expect(finding?.input.length).toBeGreaterThan(10);
  });

  test('an input that hangs the reader', async () => {
    const { finding } = await fuzz({ target: 'hangs', seed, seconds: 20 });
    expect(finding?.reason).toContain('takes longer');
    expect(finding?.input.length).toBeGreaterThan(20);
  });

  test('an input that takes all memory', async () => {
    const { finding } = await fuzz({ target: 'allocates', seed, seconds: 20, mebibytes: 128 });
    expect(finding?.reason).toContain('MiB of memory');
  });
});

test('the same seed gives the same inputs', async () => {
  const found = async () => (await fuzz({ target: 'throws', seed: 'one', seconds: 20 })).finding;
  const first = await found();
  expect(first).toBeDefined();
  expect((await found())?.input).toEqual(first?.input);
});
