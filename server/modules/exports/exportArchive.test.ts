import { createHash } from 'node:crypto';
import { PassThrough, Readable, Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { fromBufferPromise } from 'yauzl';
import { ExportInclude } from '../../../shared/enums';
import { StoredObjectMissingError, type ImageStore } from '../../storage/imageStore';
import { ExportArchive } from './exportArchive';
import type { Export } from './export.entity';
import type { ExportEntry, ExportSnapshot } from './exportSnapshot';

const bytesOf = (id: string) => Buffer.alloc(50_000, id);
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

function entryOf(id: string): ExportEntry {
  return {
    path: `cat/${id}.jpg`,
    fileName: `=${id}.jpg`,
    imageId: `global-${id}`,
    ordinal: 0,
    uploadSha256: 'as uploaded',
    class: 'cat',
    how: 'by hand',
    who: 'Ada, "the first"',
    when: '2026-01-01T00:00:00.000Z',
    confidence: null,
    split: 'TRAIN',
    heldOut: false,
  };
}

function snapshotOf(ids: string[]): ExportSnapshot {
  return {
    facts: {
      takenAt: new Date(),
      eventCursor: 'cursor',
      dataset: { id: 'd', name: 'Pets' },
      run: null,
      classes: [{ id: 'c', name: 'cat', folder: 'cat', color: '#000000', images: ids.length }],
      counts: { 'by hand': ids.length, confirmed: 0, imported: 0, predicted: 0 },
      certificate: null,
    },
    async *entries() {
      for (const id of ids) yield await Promise.resolve({ entry: entryOf(id), id });
    },
    dispose: () => Promise.resolve(),
  };
}

function storeOf(opened: string[], lost: string[] = []): ImageStore {
  const stream = (key: string) => {
    const id = key.split('/').at(-1) ?? '';
    opened.push(id);
    if (lost.includes(id)) return Promise.reject(new StoredObjectMissingError(key));
    return Promise.resolve({ stream: Readable.from([bytesOf(id)]), byteSize: 50_000 });
  };
  return { stream } as Partial<ImageStore> as ImageStore;
}

const wanted = {
  id: 'e',
  datasetId: 'd',
  include: ExportInclude.LABELS,
  minConfidence: null,
  createdAt: new Date(),
} as Export;

async function filesOf(ids: string[], lost: string[] = []): Promise<Map<string, Buffer>> {
  const output = new PassThrough();
  const zipped = buffer(output);
  await new ExportArchive(storeOf([], lost), wanted, snapshotOf(ids)).writeTo(output);
  const zip = await fromBufferPromise(await zipped);
  const files = new Map<string, Buffer>();
  for await (const entry of zip.eachEntry())
    files.set(entry.fileName, await buffer(await zip.openReadStreamPromise(entry)));
  return files;
}

describe('the zip of an export', () => {
  it('holds every image in the folder of its class, then the table and the manifest', async () => {
    const files = await filesOf(['a', 'b']);
    expect([...files.keys()]).toEqual(['cat/a.jpg', 'cat/b.jpg', 'labels.csv', 'manifest.json']);
    expect(files.get('cat/a.jpg')).toEqual(bytesOf('a'));
  });

  it('tells the hash of the bytes that lie in it', async () => {
    const manifest = JSON.parse(String((await filesOf(['a'])).get('manifest.json'))) as {
      files: { sha256: string; uploadSha256: string; who: string }[];
    };
    expect(manifest.files).toEqual([
      expect.objectContaining({
        path: 'cat/a.jpg',
        sha256: sha256(bytesOf('a')),
        uploadSha256: 'as uploaded',
        who: 'Ada, "the first"',
      }),
    ]);
  });

  it('writes a table in which no cell is a formula', async () => {
    const [header, row] = String((await filesOf(['a'])).get('labels.csv')).split('\n');
    expect(header).toMatch(/^path,file_name,sha256,class,how,who,when,confidence,ordinal,split/);
    expect(row).toContain(`cat/a.jpg,'=a.jpg,${sha256(bytesOf('a'))},cat,by hand,"Ada, ""the`);
  });

  it('names a file that the store has lost in the manifest only, and goes on', async () => {
    const files = await filesOf(['a', 'b'], ['a']);
    expect([...files.keys()]).toEqual(['cat/b.jpg', 'labels.csv', 'manifest.json']);
    const manifest = JSON.parse(String(files.get('manifest.json'))) as { files: object[] };
    expect(manifest.files[0]).toMatchObject({ path: null, sha256: null, imageId: 'global-a' });
  });

  it('reads no further than a slow client takes, and stops when the client goes away', async () => {
    const opened: string[] = [];
    const ids = Array.from({ length: 100 }, (_, index) => String(index));
    const output = new Writable({ write: () => {} }); // takes one chunk and never asks for more
    const written = new ExportArchive(storeOf(opened), wanted, snapshotOf(ids)).writeTo(output);
    await delay(100);
    expect(opened.length).toBeLessThan(10);
    output.destroy();
    await expect(written).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' });
    const openedThen = opened.length;
    await delay(20);
    expect(opened.length).toBe(openedThen);
  });

  it('cuts the connection when the store fails: half a zip never looks whole', async () => {
    const store = {
      stream: () => Promise.reject(new Error('disk on fire')),
    } as Partial<ImageStore>;
    const output = new PassThrough();
    const received = buffer(output);
    const archive = new ExportArchive(store as ImageStore, wanted, snapshotOf(['a']));
    await expect(archive.writeTo(output)).rejects.toThrow('disk on fire');
    await expect(received).rejects.toThrow('disk on fire');
  });
});
