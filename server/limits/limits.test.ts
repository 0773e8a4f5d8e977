import { RateLimitedError } from '../domain/errors';
import { defaultBudgets, parseBudgets, type Budgets } from './budgets';
import { Limiter } from './limiter';
import { MemoryCounters } from './memoryCounters';
import { subjectsOf } from './subjects';
import { TurnQueue } from './turnQueue';

const with2 = (): Budgets => parseBudgets('datasets=2/60 signIns=2/60');
const viewer = { id: 'ada', name: 'Ada' };

test('a budget is spent per person, and its refusal says when to try again', async () => {
  const limiter = new Limiter({ budgets: with2() });
  const ada = { person: 'ada', address: '10.0.0.1' };
  await limiter.spend('datasets', ada);
  await limiter.spend('datasets', ada);
  const refused = limiter.spend('datasets', ada);
  await expect(refused).rejects.toThrow(RateLimitedError);
  await expect(refused).rejects.toMatchObject({ limit: 2, actual: 3 });
  await refused.catch(({ retryAfterSeconds }: RateLimitedError) => {
    expect(retryAfterSeconds).toBeGreaterThan(50);
    expect(retryAfterSeconds).toBeLessThanOrEqual(60);
  });
  await limiter.spend('datasets', { person: 'bob', address: '10.0.0.1' });
});

test('a budget per address is shared by everybody there, and by all whose address is unknown', async () => {
  const limiter = new Limiter({ budgets: with2() });
  await limiter.spend('signIns', { person: 'ada', address: '10.0.0.1' });
  await limiter.spend('signIns', { person: 'bob', address: '10.0.0.1' });
  await expect(limiter.spend('signIns', { address: '10.0.0.1' })).rejects.toThrow('The limit is 2');
  await limiter.spend('signIns', { address: '10.0.0.2' });
  await limiter.spend('signIns', {}, 2);
  await expect(limiter.spend('signIns', {})).rejects.toThrow('The limit is 2');
});

test('without a person, a budget per person counts for the address', async () => {
  const limiter = new Limiter({ budgets: with2() });
  await limiter.spend('datasets', { address: '10.0.0.1' }, 2);
  await expect(limiter.spend('datasets', { address: '10.0.0.1' })).rejects.toThrow('new datasets');
});

test('a flood of addresses does not fill the memory, and the one in use is not forgotten', async () => {
  const counters = new MemoryCounters({ points: 1_000, duration: 60 }, 100);
  for (let flood = 0; flood < 500; flood++) {
    await counters.consume('always', 1);
    await counters.consume(`address ${flood}`, 1);
  }
  expect(counters.size).toBe(100);
  expect((await counters.consume('always', 1)).consumedPoints).toBe(501);
  expect((await counters.consume('address 0', 1)).consumedPoints).toBe(1);
});

test('the addresses of one IPv6 network count as one, and mapped IPv4 addresses as IPv4', () => {
  const addressOf = (address: string) => subjectsOf({ viewer: null, address }).address;
  expect(addressOf('2001:db8:12:3401::1')).toBe(addressOf('2001:db8:12:34ff:1:2:3:4'));
  expect(addressOf('2001:db8:12:3401::1')).not.toBe(addressOf('2001:db8:12:3501::1'));
  expect(addressOf('::ffff:10.0.0.1')).toBe('10.0.0.1');
  expect(addressOf('::1')).toBe(addressOf('0:0:0:0:0:0:0:1'));
  expect(addressOf('fe80::1%eth0')).toBe(addressOf('fe80::2'));
});

test('a session counts by a digest of its token', () => {
  const { person, session } = subjectsOf({ viewer, token: 'secret' });
  expect(person).toBe('ada');
  expect(session).toHaveLength(43);
  expect(session).not.toContain('secret');
  expect(subjectsOf({ viewer: null }).session).toBeUndefined();
});

test('the operator changes a budget by name, and the others keep their defaults', () => {
  const budgets = parseBudgets('datasets=5/120');
  expect(budgets.datasets).toMatchObject({ points: 5, seconds: 120, per: 'person' });
  expect(budgets.exports).toEqual(defaultBudgets.exports);
});

test.each(['nothing=1/2', 'datasets', 'datasets=0/60', 'datasets=5', 'datasets=5/60/7'])(
  'the setting %s is refused',
  (text) => {
    expect(() => parseBudgets(text)).toThrow();
  },
);

test('work with the same key is done in turn, also after a failure, and other keys do not wait', async () => {
  const turns = TurnQueue.oneByOne();
  const order: string[] = [];
  let release = () => {};
  const first = turns.run('a', async () => {
    await new Promise<void>((resolve) => (release = resolve));
    order.push('a1');
    throw new Error('failed');
  });
  const second = turns.run('a', () => Promise.resolve(order.push('a2')));
  await turns.run('b', () => Promise.resolve(order.push('b1')));
  release();
  await expect(first).rejects.toThrow('failed');
  await second;
  expect(order).toEqual(['b1', 'a1', 'a2']);
});
