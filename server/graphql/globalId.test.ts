import { NotFoundError } from '../domain/errors';
import { fromGlobalId, parseGlobalId, toGlobalId } from './globalId';

const id = '0198c2a4-7a3b-7c1d-9e2f-1234567890ab';

test('a global id gives back its type and id', () => {
  expect(parseGlobalId(toGlobalId('Image', id))).toEqual({ type: 'Image', id });
  expect(fromGlobalId('Image', toGlobalId('Image', id))).toBe(id);
});

test('the same id of two types is two global ids', () => {
  expect(toGlobalId('Image', id)).not.toBe(toGlobalId('Class', id));
});

test('an id of another type is not found', () => {
  expect(() => fromGlobalId('Class', toGlobalId('Image', id))).toThrow(NotFoundError);
});

test.each([
  ['nothing', ''],
  ['words', 'nonsense'],
  ['a bare uuid', id],
  ['a type without an id', Buffer.from('Image:').toString('base64url')],
  ['an id without a type', Buffer.from(`:${id}`).toString('base64url')],
  ['an id that is no uuid', Buffer.from('Image:1').toString('base64url')],
  ['one part too many', Buffer.from(`Image:${id}:x`).toString('base64url')],
  ['SQL', Buffer.from(`Image:${id}' OR true --`).toString('base64url')],
])('%s is no global id', (_what, given) => {
  expect(parseGlobalId(given)).toBeUndefined();
  expect(() => fromGlobalId('Image', given)).toThrow('There is no image with this id.');
});
