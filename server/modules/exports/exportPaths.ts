const maxStemLength = 120;
// Names that Windows reserves for devices, with any extension.
const deviceName = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])$/i;
// eslint-disable-next-line no-control-regex -- exactly what no file system and no archive takes
const unsafe = /[\u0000-\u001f\u007f-\u009f<>:"/\\|?*\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const extensions: Record<string, readonly string[]> = {
  'image/jpeg': ['.jpg', '.jpeg'],
  'image/png': ['.png'],
  'image/webp': ['.webp'],
};

/** Cuts these characters off the end. A regular expression would search from every place. */
function withoutTrailing(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/**
 * Returns a path segment that Windows, macOS, Linux and every unzip program accept: never empty,
 * `.` or `..`.
 */
export function safeName(given: string): string {
  const cut = [
    ...given
      .replace(/\p{Surrogate}/gu, '\ufffd')
      .normalize('NFC')
      .replace(unsafe, '_')
      .trim(),
  ]
    .slice(0, maxStemLength)
    .join('');
  const name = withoutTrailing(cut, '. ');
  if (!name) return '_';
  return deviceName.test(name.split('.')[0]?.trimEnd() ?? '') ? `_${name}` : name;
}

/** Returns the last part of an uploaded path, with the extension of its content. */
export function safeFileName(uploadedPath: string, mediaType: string): string {
  const last = uploadedPath.split(/[/\\]/).at(-1) ?? '';
  const fitting = extensions[mediaType] ?? [''];
  const [, stem = last, extension = ''] = /^(.+)(\.[a-z0-9]{1,5})$/i.exec(last) ?? [];
  if (fitting.includes(extension.toLowerCase())) return safeName(stem) + extension;
  const isImageExtension = Object.values(extensions).flat().includes(extension.toLowerCase());
  return safeName(isImageExtension ? stem : last) + fitting[0];
}

/**
 * Gives out each name once: the second `a.jpg` becomes `a (2).jpg`. Two of three systems ignore
 * case, so this does too.
 */
export class UniqueNames {
  private readonly uses = new Map<string, number>();

  constructor(reserved: readonly string[] = []) {
    for (const name of reserved) this.uses.set(keyOf(name), 1);
  }

  take(name: string): string {
    const key = keyOf(name);
    const before = this.uses.get(key);
    if (before === undefined) {
      this.uses.set(key, 1);
      return name;
    }
    const [, stem = name, extension = ''] = /^(.+)(\.[^.]+)$/.exec(name) ?? [];
    for (let count = before + 1; ; count++) {
      const next = `${stem} (${count})${extension}`;
      if (this.uses.has(keyOf(next))) continue;
      this.uses.set(key, count);
      this.uses.set(keyOf(next), 1);
      return next;
    }
  }
}

const keyOf = (name: string) => name.normalize('NFC').toLowerCase();

/** Chooses a folder for every class, different from each other and from the files beside them. */
export function classFolders(
  classes: readonly { id: string; name: string }[],
  reserved: readonly string[],
): Map<string, string> {
  const names = new UniqueNames(reserved);
  return new Map(classes.map(({ id, name }) => [id, names.take(safeName(name))]));
}
