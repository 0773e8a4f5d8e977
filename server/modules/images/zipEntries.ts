import { open, type Entry, type ZipFile } from 'yauzl';

/** We check names and sizes one by one, because one bad entry must not refuse the whole archive. */
const options = {
  lazyEntries: true,
  autoClose: false,
  decodeStrings: false,
  validateEntrySizes: false,
};

export const openZip = (path: string) =>
  new Promise<ZipFile>((resolve, reject) =>
    open(path, options, (error, zip) => (error ? reject(error) : resolve(zip))),
  );

export async function* entriesOf(zip: ZipFile): AsyncGenerator<Entry> {
  for (;;) {
    const entry = await new Promise<Entry | undefined>((resolve, reject) => {
      zip.removeAllListeners();
      zip.once('entry', resolve);
      zip.once('end', () => resolve(undefined));
      zip.once('error', reject);
      if (zip.entriesRead >= zip.entryCount) resolve(undefined);
      else zip.readEntry();
    });
    if (!entry) return;
    yield entry;
  }
}

const utf8Flag = 0x800;
/** The upper half of code page 437. */
const cp437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐' +
  '└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0';

export function nameOf(entry: Entry): string {
  const raw = entry.fileName as unknown as Buffer;
  const utf8 = raw.toString('utf8');
  // Most tools write UTF-8 without the flag. Anything that is not valid UTF-8 is in the zip
  // format's original encoding.
  if (entry.generalPurposeBitFlag & utf8Flag || !utf8.includes('\ufffd')) return utf8;
  return Array.from(raw, (byte) =>
    byte < 128 ? String.fromCharCode(byte) : cp437[byte - 128],
  ).join('');
}
