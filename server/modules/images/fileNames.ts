import { limits } from '../../../shared/limits';

/**
 * Returns the path as it is stored, or undefined for one that is absolute, leaves its folder, or is
 * not a name.
 */
export function safeRelativePath(given: string): string | undefined {
  const path = given.normalize('NFC').replaceAll('\\', '/');
  // eslint-disable-next-line no-control-regex -- such names cannot be written to a disk or an archive
  const unsafe = path.startsWith('/') || /^[a-z]:/i.test(path) || /[\u0000-\u001f]/.test(path);
  const parts = path.split('/').filter((part) => part !== '.' && part !== '');
  if (unsafe || parts.length === 0 || parts.includes('..')) return undefined;
  const joined = parts.join('/');
  return joined.length <= limits.maxFileNameLength ? joined : undefined;
}

/** Whether a file was added by an operating system rather than by a person. */
export function isClutter(path: string): boolean {
  const parts = path.split('/');
  const name = parts.at(-1) ?? '';
  return (
    parts.includes('__MACOSX') || name.startsWith('.') || /^(thumbs\.db|desktop\.ini)$/i.test(name)
  );
}

/** Returns the folder of a file, which is its class if folders are classes. */
export function folderOf(path: string): string | undefined {
  return path.split('/').at(-2);
}
