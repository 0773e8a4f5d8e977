import { limits } from '../../../shared/limits';

/** Decomposed characters make a name longer than what is stored. */
const maxGivenLength = 3 * limits.maxFileNameLength;
/**
 * Normalizing takes time that grows with the square of such a run. No text of a language has more than
 * 30 combining characters in a row (Stream-Safe Text Format, Unicode Standard Annex 15).
 */
const combiningRun = /\p{M}{31}/u;

const isControl = (code: number) => code < 0x20;
const hasControl = (text: string): boolean => {
  for (let at = 0; at < text.length; at++) if (isControl(text.charCodeAt(at))) return true;
  return false;
};

const isDrive = (path: string): boolean => {
  const letter = path.charAt(0).toLowerCase();
  return path.charAt(1) === ':' && letter >= 'a' && letter <= 'z';
};

/**
 * Returns the path as it is stored, or undefined for one that is absolute, leaves its folder, or is
 * not a name. Names with control characters cannot be written to a disk, an archive or a database.
 */
export function safeRelativePath(given: string): string | undefined {
  if (given.length > maxGivenLength || combiningRun.test(given)) return undefined;
  const path = given.normalize('NFC').replaceAll('\\', '/');
  const unsafe = path.startsWith('/') || isDrive(path) || hasControl(path);
  const parts = path.split('/').filter((part) => part !== '.' && part !== '');
  if (unsafe || parts.length === 0 || parts.includes('..')) return undefined;
  const joined = parts.join('/');
  const isShort =
    joined.length <= limits.maxFileNameLength &&
    Buffer.byteLength(joined) <= limits.maxFileNameBytes;
  return isShort ? joined : undefined;
}

/**
 * Returns an unsafe name as a text that can be stored and shown: control characters and halves of
 * characters become the replacement character, and the rest is cut.
 */
export function presentableName(name: string): string {
  const characters = Array.from(name.slice(0, limits.maxFileNameLength), (character) => {
    const code = character.codePointAt(0) ?? 0;
    return isControl(code) || (code >= 0xd800 && code <= 0xdfff) ? '\ufffd' : character;
  });
  return characters.join('');
}

/** Whether a file was added by an operating system rather than by a person. */
export function isClutter(path: string): boolean {
  const parts = path.split('/');
  const name = parts.at(-1) ?? '';
  return (
    parts.includes('__MACOSX') ||
    name.startsWith('.') ||
    ['thumbs.db', 'desktop.ini'].includes(name.toLowerCase())
  );
}

/** Returns the folder of a file, which is its class if folders are classes. */
export function folderOf(path: string): string | undefined {
  return path.split('/').at(-2);
}
