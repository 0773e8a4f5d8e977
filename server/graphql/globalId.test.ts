import { NotFoundError } from '../domain/errors';
import { fromGlobalId, parseGlobalId, toGlobalId, withPlainIds } from './globalId';

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
  ['a megabyte', Buffer.from(`Image:${id}`.padEnd(1_000_000, 'x')).toString('base64url')],
  ['SQL', Buffer.from(`Image:${id}' OR true --`).toString('base64url')],
])('%s is no global id', (_what, given) => {
  expect(parseGlobalId(given)).toBeUndefined();
  expect(() => fromGlobalId('Image', given)).toThrow('There is no image with this id.');
});

describe('withPlainIds', () => {
  const other = '0198c2a4-7a3b-7c1d-9e2f-1234567890ac';
  const input = {
    imageId: toGlobalId('Image', id),
    classIds: [toGlobalId('Class', id), toGlobalId('Class', other)],
    runId: toGlobalId('RetrainRun', id) as string | null | undefined,
    count: 3,
  };
  const plain = (given: Partial<typeof input>) =>
    withPlainIds(
      { ...input, ...given },
      { imageId: 'Image', classIds: 'Class' },
      { runId: 'RetrainRun' },
    );

  test('decodes the named fields and keeps the others', () => {
    expect({ ...plain({}) }).toEqual({ imageId: id, classIds: [id, other], runId: id, count: 3 });
  });

  test.each([null, undefined, ''])('an optional id may be %j', (runId) => {
    expect(plain({ runId }).runId).toBeNull();
  });

  test('a required id may not be empty', () => {
    expect(() => plain({ imageId: '' }).imageId).toThrow('There is no image with this id.');
  });

  test('an invalid id is refused when it is read, not before', () => {
    const given = plain({ imageId: 'nonsense', runId: 'nonsense' });
    expect(given.count).toBe(3);
    expect(() => given.imageId).toThrow('There is no image with this id.');
    expect(() => given.runId).toThrow('There is no retrain run with this id.');
  });
});
