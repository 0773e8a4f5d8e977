import { fromCursor, isAfter, toCursor } from './event.ports';

const at = (tx: bigint, id: bigint) => ({ tx, id });

test('a cursor comes back as it went, beyond what a number can hold', () => {
  const position = at(2n ** 63n, 2n ** 60n + 1n);
  expect(fromCursor(toCursor(position))).toEqual(position);
});

test('what is no cursor gives none', () => {
  const encoded = ['1:2:3', '-1:2', '1e3:1', '1:', `${'9'.repeat(10_000)}:1`].map((text) =>
    Buffer.from(text).toString('base64url'),
  );
  for (const text of ['', 'nonsense', 'MTI=', ...encoded]) expect(fromCursor(text)).toBeUndefined();
});

test('a cursor holds what the database’s types hold, and no more', () => {
  const [maxTx, maxId] = [2n ** 64n - 1n, 2n ** 63n - 1n];
  expect(fromCursor(toCursor(at(maxTx, maxId)))).toEqual(at(maxTx, maxId));
  expect(fromCursor(toCursor(at(maxTx + 1n, 0n)))).toBeUndefined();
  expect(fromCursor(toCursor(at(0n, maxId + 1n)))).toBeUndefined();
});

test('the transaction counts before the row', () => {
  expect(isAfter(at(2n, 1n), at(1n, 9n))).toBe(true);
  expect(isAfter(at(1n, 9n), at(2n, 1n))).toBe(false);
  expect(isAfter(at(1n, 2n), at(1n, 2n))).toBe(false);
});
