import { limits } from '../../../shared/limits';

/** The path as we keep it, or undefined for one that climbs out, is absolute, or is no name at all. */
export function safeRelativePath(given: string): string | undefined {
  const path = given.normalize('NFC').replaceAll('\\', '/');
  // eslint-disable-next-line no-control-regex -- such names cannot be written to a disk or an archive
  const unsafe = path.startsWith('/') || /^[a-z]:/i.test(path) || /[\u0000-\u001f]/.test(path);
  const parts = path.split('/').filter((part) => part !== '.' && part !== '');
  if (unsafe || parts.length === 0 || parts.includes('..')) return undefined;
  const joined = parts.join('/');
  return joined.length <= limits.maxFileNameLength ? joined : undefined;
}

/** What archives and folders carry besides what people put in. */
export function isClutter(path: string): boolean {
  const parts = path.split('/');
  const name = parts.at(-1) ?? '';
  return (
    parts.includes('__MACOSX') || name.startsWith('.') || /^(thumbs\.db|desktop\.ini)$/i.test(name)
  );
}

/** The folder a file lies in: its class, where folders are classes. */
export function folderOf(path: string): string | undefined {
  return path.split('/').at(-2);
}
