import { fileFamilies } from '../../server/testing/hostile';
import { planQueries } from './attack/plan';
import type { Result } from './attack/result';
import { failuresOf, rowsOf, slowestOf } from './evaluate';
import { percentile } from './labellers';
import { readHostileOptions } from './options';
import { queryFamilies, type Target } from './queries';

const target: Target = {
  datasetId: 'RGF0YXNldDox',
  classIds: ['Q2xhc3M6MQ', 'Q2xhc3M6Mg'],
  imageIds: ['SW1hZ2U6MQ', 'SW1hZ2U6Mg'],
  ownDatasetId: 'RGF0YXNldDoy',
};
const choice = { seed: 1, only: undefined, queries: 420, files: 420 };

describe("the hostile benchmark's options", () => {
  it('have defaults that send at least 400 queries and 400 files', () => {
    expect(readHostileOptions([])).toEqual(choice);
    const available = fileFamilies.reduce((sum, family) => sum + (family.maxCount ?? 420), 0);
    expect(available).toBeGreaterThanOrEqual(420);
  });

  it('choose families by the start of their name, and list the names if there is none', () => {
    expect(readHostileOptions(['--only', 'zip-', '--seed', '7'])).toMatchObject({
      only: 'zip-',
      seed: 7,
    });
    expect(() => readHostileOptions(['--only', 'nothing'])).toThrow('aliases-of-pages');
    expect(() => readHostileOptions(['--queries', 'many'])).toThrow('whole number');
    expect(() => readHostileOptions(['--files', '1.5'])).toThrow('whole number');
  });
});

describe('the plan of hostile queries', () => {
  const plan = planQueries(choice, target);

  it('is the same for the same seed, and another one for another seed', () => {
    expect(JSON.stringify(planQueries(choice, target))).toBe(JSON.stringify(plan));
    expect(JSON.stringify(planQueries({ ...choice, seed: 2 }, target))).not.toBe(
      JSON.stringify(plan),
    );
  });

  it('has 420 queries of every family, on both transports, with and without a session', () => {
    expect(plan).toHaveLength(420);
    expect(new Set(plan.map(({ family }) => family)).size).toBe(queryFamilies.length);
    expect(new Set(plan.map(({ transport, who }) => `${transport} ${who}`)).size).toBe(4);
  });

  it('keeps to the maximum of each family and to a moderate size', () => {
    for (const { name, maxCount = Infinity } of queryFamilies)
      expect(plan.filter(({ family }) => family === name).length).toBeLessThanOrEqual(maxCount);
    const large = plan.filter(
      ({ payload }) => payload.kind === 'request' && (payload.body?.length ?? 0) > 500_000,
    );
    expect(large.length).toBeLessThan(20);
  });
});

describe('the evaluation', () => {
  const result = (outcome: Result['outcome'], ms: number, more: Partial<Result> = {}): Result => ({
    ...{ family: 'a', kind: 'query', who: 'person', outcome, ms },
    ...more,
  });
  const whatOf = (...results: Result[]) => failuresOf(results).map(({ what }) => what);

  it('passes a refusal within 100 ms, an operation within 5 s and a file within 10 s', () => {
    expect(whatOf(result('refused', 99))).toEqual([]);
    expect(whatOf(result('ended', 4_999))).toEqual([]);
    expect(whatOf(result('ended', 9_999, { kind: 'file' }))).toEqual([]);
  });

  it('reports a slow refusal only of a family that is refused', () => {
    const slow = result('refused', 101);
    expect(whatOf(slow)).toHaveLength(1);
    expect(whatOf(slow, result('ended', 1), result('ended', 1))).toEqual([]);
  });

  it('reports what took too long, has no end, or is a fault of the server', () => {
    expect(whatOf(result('ended', 5_001))).toHaveLength(1);
    expect(whatOf(result('ended', 10_001, { kind: 'file' }))).toHaveLength(1);
    expect(whatOf(result('open', 1, { what: 'no answer' }))).toEqual([
      'neither refused nor ended: no answer',
    ]);
    expect(whatOf(result('internal', 1, { what: '500' }))).toEqual(['internal error: 500']);
  });

  it('does not time a connection that is held on purpose', () => {
    expect(whatOf(result('refused', 9_000, { held: true }))).toEqual([]);
    expect(slowestOf([result('ended', 9_000, { held: true }), result('ended', 5)])).toEqual({
      slowestRefusalMs: 0,
      slowestEndMs: 5,
    });
  });

  it('lists the slowest of each family before the others', () => {
    const results = [9_000, 8_000, 7_000].map((ms) => result('ended', ms));
    const all = failuresOf([
      ...results,
      result('internal', 3),
      result('ended', 6_000, { family: 'b' }),
    ]);
    expect(all.map(({ family, ms }) => `${family} ${ms}`)).toEqual([
      ...['a 9000', 'b 6000', 'a 3', 'a 8000', 'a 7000'],
    ]);
  });

  it('counts by family', () => {
    expect(rowsOf([result('refused', 5), result('ended', 7), result('internal', 1)])).toEqual([
      { family: 'a', kind: 'query', count: 3, refused: 1, ended: 1, slowestMs: 7 },
    ]);
  });

  it('takes the percentile of a share', () => {
    const values = Array.from({ length: 200 }, (_, index) => 200 - index);
    expect([percentile(values, 0.5), percentile(values, 0.99), percentile([], 0.5)]).toEqual([
      100, 198, 0,
    ]);
  });
});
