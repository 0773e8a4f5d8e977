import { fromCursor, isAfter, toCursor } from './event.ports';

const at = (tx: bigint, id: bigint) => ({ tx, id });

test('a cursor comes back as it went, beyond what a number can hold', () => {
  const position = at(2n ** 63n, 2n ** 60n + 1n);
  expect(fromCursor(toCursor(position))).toEqual(position);
});

test('what is no cursor gives none', () => {
  for (const text of ['', 'nonsense', Buffer.from('1:2:3').toString('base64url'), 'MTI='])
    expect(fromCursor(text)).toBeUndefined();
});

test('the transaction counts before the row', () => {
  expect(isAfter(at(2n, 1n), at(1n, 9n))).toBe(true);
  expect(isAfter(at(1n, 9n), at(2n, 1n))).toBe(false);
  expect(isAfter(at(1n, 2n), at(1n, 2n))).toBe(false);
});
