import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';
import { zipNames } from './zipNames';

async function zipOf(names: string[], comment = ''): Promise<Blob> {
  const zip = new ZipFile();
  for (const name of names) zip.addBuffer(Buffer.from(name), name);
  zip.end({ comment } as Parameters<ZipFile['end']>[0]);
  return new Blob([new Uint8Array(await buffer(zip.outputStream))]);
}

describe('zipNames', () => {
  it('lists the files of an archive without unpacking it', async () => {
    expect(await zipNames(await zipOf(['cat/1.jpg', 'münze/2.png']))).toEqual([
      'cat/1.jpg',
      'münze/2.png',
    ]);
  });

  it('finds the central directory before a comment', async () => {
    expect(await zipNames(await zipOf(['a/1.jpg'], 'made by hand'))).toEqual(['a/1.jpg']);
  });

  it('returns null for a file that is not a zip', async () => {
    expect(await zipNames(new Blob(['not a zip at all, not even nearly']))).toBeNull();
    expect(await zipNames(new Blob([]))).toBeNull();
  });
});
