import { limits } from '../../../shared/limits';
import { folderOf, isClutter, safeRelativePath } from './fileNames';

test.each([
  ['cat.jpg', 'cat.jpg'],
  ['cats/1.jpg', 'cats/1.jpg'],
  ['./cats//1.jpg', 'cats/1.jpg'],
  ['cats\\1.jpg', 'cats/1.jpg'],
  ['cats/./tabby/1.jpg', 'cats/tabby/1.jpg'],
  ['..cats/1..jpg', '..cats/1..jpg'],
  ['Ka\u0308tzchen/1.jpg', 'K\u00e4tzchen/1.jpg'],
  ['猫/１.jpg', '猫/１.jpg'],
])('%j is kept as %j', (given, kept) => {
  expect(safeRelativePath(given)).toBe(kept);
});

test.each([
  ['climbs out', '../evil.jpg'],
  ['climbs out further in', 'cats/../../evil.jpg'],
  ['climbs and comes back', 'cats/../evil.jpg'],
  ['climbs by backslashes', 'cats\\..\\..\\evil.jpg'],
  ['is absolute', '/etc/passwd'],
  ['is absolute on a share', '\\\\server\\share\\1.jpg'],
  ['names a drive', 'C:\\cats\\1.jpg'],
  ['names a drive without a slash', 'c:1.jpg'],
  ['holds a NUL', 'cat\0.jpg'],
  ['holds a line break', 'cat\n.jpg'],
  ['is empty', ''],
  ['is dots and slashes', './/.'],
  ['is a parent', '..'],
  // Normalizing it would take seconds.
  ['has a long run of combining characters', `a${'\u0301\u0316'.repeat(1_000)}`],
  ['is longer than a name may be', 'x'.repeat(limits.maxFileNameLength + 1)],
  ['is too long for an index of the database', '\u732b'.repeat(limits.maxFileNameLength)],
])('a path that %s is refused', (_why, given) => {
  expect(safeRelativePath(given)).toBeUndefined();
});

test('a name as long as it may be is kept', () => {
  const longest = 'x'.repeat(limits.maxFileNameLength);
  expect(safeRelativePath(longest)).toBe(longest);
});

test.each(['__MACOSX/cat/._1.jpg', 'cat/.DS_Store', 'Thumbs.db', 'cat/desktop.ini', '._1.jpg'])(
  '%s is clutter',
  (path) => expect(isClutter(path)).toBe(true),
);

test.each(['cat/1.jpg', 'MACOSX/1.jpg', 'cat/thumbs.db.jpg', '.hidden/1.jpg'])(
  '%s is what somebody put in',
  (path) => expect(isClutter(path)).toBe(false),
);

test('the class of a file is the folder it lies in', () => {
  expect(folderOf('images/cat/1.jpg')).toBe('cat');
  expect(folderOf('1.jpg')).toBeUndefined();
});
