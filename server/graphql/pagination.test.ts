import { limits } from '../../shared/limits';
import { toPage, type KeyPart, type SortKey } from '../domain/page';
import { pageRequest, toConnection } from './pagination';

const cursor = (key: unknown) => Buffer.from(JSON.stringify(key)).toString('base64url');
const uuid = '0198c2a4-7a3b-7c1d-9e2f-1234567890ab';

test('the rows after a cursor are asked for with the sort key it was made of', () => {
  const key: SortKey = ['b.jpg', 2];
  const page = toPage([{ key }, { key: ['c.jpg', 1] as SortKey }], 1, (row) => row.key);
  const connection = toConnection(page, { first: 1 });
  expect(connection.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
  const after = connection.pageInfo.endCursor ?? '';
  expect(pageRequest({ first: 1, after }, ['text', 'integer'])).toEqual({ first: 1, after: key });
});

test('the last page says so', () => {
  const page = toPage([1, 2], 2, (row) => [row]);
  expect(toConnection(page, { first: 2, after: [0] }).pageInfo).toMatchObject({
    hasNextPage: false,
    hasPreviousPage: true,
  });
});

test('an empty page has no cursors', () => {
  const { edges, pageInfo } = toConnection(
    toPage<number>([], 5, () => []),
    { first: 5 },
  );
  expect(edges).toEqual([]);
  expect(pageInfo).toMatchObject({ startCursor: null, endCursor: null, hasNextPage: false });
});

test('a page may be empty or full, not negative or larger', () => {
  expect(pageRequest({ first: 0 }, ['integer'])).toEqual({ first: 0 });
  expect(pageRequest({ first: limits.maxPageSize }, ['integer']).first).toBe(limits.maxPageSize);
  expect(() => pageRequest({ first: -1 }, ['integer'])).toThrow('Enter 0 or a larger number.');
  expect(() => pageRequest({ first: limits.maxPageSize + 1 }, ['integer'])).toThrow(
    `The limit is ${limits.maxPageSize} entries on a page`,
  );
});

test.each<[KeyPart, unknown]>([
  ['uuid', uuid],
  ['integer', 0],
  ['text', 'a “name”, with commas'],
  ['fraction', '0.123456'],
  ['fraction', '1'],
  ['fraction', '1e-07'],
  ['fraction', '0'],
  ['fraction', '1e-45'],
  ['instant', '2026-07-28 09:30:00.123456+00'],
  ['instant', '2026-07-28 09:30:00-05:30'],
  ['instant', '2024-02-29 09:30:00+00'],
  ['instant', '0001-01-01 00:00:00-15:59:59'],
])('%s takes %j', (part, value) => {
  expect(pageRequest({ first: 1, after: cursor([value]) }, [part]).after).toEqual([value]);
});

test.each<[KeyPart, unknown]>([
  ['uuid', 'x'],
  ['uuid', 1],
  ['uuid', null],
  ['integer', '1'],
  ['integer', 1.5],
  ['integer', 2 ** 31],
  ['integer', 1e300],
  ['integer', null],
  ['text', 1],
  ['text', 'a\0b'],
  ['fraction', 0.5],
  ['fraction', ''],
  ['fraction', '7'],
  ['fraction', 'NaN'],
  ['fraction', 'Infinity'],
  ['fraction', '1e-999'],
  ['fraction', '0.1e-999'],
  ['fraction', '1.5'],
  ['fraction', '-0.5'],
  ['fraction', '0.' + '1'.repeat(10_000)],
  ['instant', 'yesterday'],
  ['instant', '2026-99-99 99:99:99+00'],
  ['instant', '2026-02-31 09:30:00+00'],
  ['instant', '2025-02-29 09:30:00+00'],
  ['instant', '0000-01-01 09:30:00+00'],
  ['instant', '10000-01-01 09:30:00+00'],
  ['instant', '2026-07-28 24:30:00+00'],
  ['instant', '2026-07-28 09:30:00+99'],
  ['instant', '2026-07-28 09:30:00+00:99'],
  ['instant', '2026-07-28 09:30:00+00:00:00:00'],
  ['instant', 'infinity'],
  ['instant', '-infinity'],
])('%s refuses %j', (part, value) => {
  expect(() => pageRequest({ first: 1, after: cursor([value]) }, [part])).toThrow('not a cursor');
});

test.each([
  ['nothing', ''],
  ['words', 'nonsense'],
  ['an object', cursor({ 0: 1, length: 1 })],
  ['a key of another list', cursor([1, 2])],
  ['an empty key', cursor([])],
  ['a megabyte', cursor(['a'.repeat(1_000_000)])],
  ['brackets without end', Buffer.from('['.repeat(6_000)).toString('base64url')],
])('%s is no cursor', (_what, after) => {
  expect(() => pageRequest({ first: 1, after }, ['integer'])).toThrow('not a cursor');
});
