import { randomUUID } from 'node:crypto';
import { HeldWork } from '../../../jobs/heldWork';
import { parseGlobalId, toGlobalId } from '../../../graphql/globalId';
import type { ApiClient } from '../../../testing/apiClient';
import { createDataset, photo, upload, type TestDataset } from '../../../testing/factories';
import { blankPng } from '../../../testing/imageFiles';
import { rawZip, type RawEntry } from '../../../testing/rawZip';
import { startTestServer, type TestServer } from '../../../testing/testServer';
import { waitUntil } from '../../../testing/waitUntil';
import { zipOf } from '../../../testing/zip';
import { ImportJobs } from './import.jobs';

jest.setTimeout(120_000);
let server: TestServer;
let ada: ApiClient;

beforeAll(async () => {
  server = await startTestServer({ worker: true });
  ada = await server.person('Ada');
});
afterAll(() => server.close());

interface ImportState {
  id: string;
  status: string;
  filesTotal: number;
  filesDone: number;
  imagesAdded: number;
  failure: string | null;
  refusalCount: number;
  refusals: { fileName: string; reason: string; message: string }[];
}

async function importsOf(dataset: TestDataset): Promise<ImportState[]> {
  const answer = await ada.request<{ dataset: { imports: ImportState[] } }>(
    `query ($id: ID!) { dataset(id: $id) { imports { id status filesTotal filesDone imagesAdded failure
       refusalCount refusals { fileName reason message } } } }`,
    { id: dataset.id },
  );
  return answer.dataset.imports;
}

const uploadZip = (dataset: TestDataset, bytes: Buffer) =>
  upload(ada, dataset.id, [
    { fileName: 'photos.zip', bytes, kind: 'ARCHIVE', labelsFromFolders: true },
  ]);

async function imported(dataset: TestDataset, bytes: Buffer): Promise<ImportState> {
  await uploadZip(dataset, bytes);
  let last: ImportState | undefined;
  await waitUntil(async () => {
    [last] = await importsOf(dataset);
    return !['WAITING', 'RUNNING'].includes(last?.status ?? 'WAITING');
  });
  if (!last) throw new Error('there is no import');
  return last;
}

const reasons = ({ refusals }: ImportState) =>
  refusals.map(({ fileName, reason }) => [fileName, reason]);

test('an entry with a NUL or half a character in its name is refused, and the others go on', async () => {
  const dataset = await createDataset(ada, 'names');
  const long = `cat/${'a'.repeat(1_019)}😀.jpg`;
  const result = await imported(
    dataset,
    rawZip([
      { name: 'cat/\0evil.jpg', bytes: await photo('nul') },
      { name: '../\0.jpg', bytes: await photo('nul above') },
      { name: long, bytes: await photo('cut') },
      { name: 'cat/good.jpg', bytes: await photo('good') },
    ]),
  );
  expect(result).toMatchObject({ status: 'DONE', filesDone: 4, imagesAdded: 1, refusalCount: 3 });
  expect(reasons(result)).toEqual([
    ['cat/\ufffdevil.jpg', 'UNSAFE_PATH'],
    ['../\ufffd.jpg', 'UNSAFE_PATH'],
    [`cat/${'a'.repeat(195)}…`, 'UNSAFE_PATH'],
  ]);
});

test('a folder that would be one class too many is refused by name, with the limit', async () => {
  const names = Array.from({ length: 1_999 }, (_, index) => `class ${index}`);
  const dataset = await createDataset(ada, 'many classes', names);
  const result = await imported(
    dataset,
    await zipOf({
      'class 7/1.jpg': await photo('known class'),
      'the 2000th/2.jpg': await photo('fits'),
      'the 2001st/3.jpg': await photo('does not fit'),
      'the 2002nd/4.jpg': await photo('does not fit either'),
    }),
  );
  expect(result).toMatchObject({ status: 'DONE', filesDone: 4, imagesAdded: 2 });
  expect(reasons(result)).toEqual([
    ['the 2001st/3.jpg', 'TOO_MANY_CLASSES'],
    ['the 2002nd/4.jpg', 'TOO_MANY_CLASSES'],
  ]);
  expect(result.refusals[0]?.message).toContain('at most 2000 classes');
  const upload2001 = { fileName: '5.jpg', bytes: await photo('alone'), className: 'one more' };
  const plain = { fileName: '6.jpg', bytes: await photo('plain') };
  const [refused, taken] = await upload(ada, dataset.id, [upload2001, plain]);
  expect(refused?.refusal?.reason).toBe('TOO_MANY_CLASSES');
  expect(taken?.image).not.toBeNull();
});

test('entries that share bytes are refused, and none of them is unpacked', async () => {
  const dataset = await createDataset(ada, 'overlap');
  const bomb = Buffer.alloc(60 * 2 ** 20);
  const entries: RawEntry[] = [{ name: 'cat/0.png', bytes: bomb, deflate: true }];
  const small = Buffer.from(rawZip(entries)).length;
  for (let index = 1; index < 100; index++)
    entries.push({
      name: `cat/${index}.png`,
      bytes: Buffer.alloc(0),
      deflate: true,
      sameAs: 0,
      packedSize: small - 30 - 9 - 46 - 9 - 22,
      unpackedSize: bomb.length,
    });
  entries.push({ name: 'cat/good.jpg', bytes: await photo('good beside a bomb') });
  const zip = rawZip(entries);
  expect(zip.length).toBeLessThan(80_000);
  const begun = performance.now();
  const result = await imported(dataset, zip);
  // This took two minutes.
  expect(performance.now() - begun).toBeLessThan(60_000);
  expect(result).toMatchObject({ status: 'DONE', imagesAdded: 1, refusalCount: 100 });
  expect(new Set(result.refusals.map(({ reason }) => reason))).toEqual(new Set(['OVERLAPPING']));
});

test('an archive of which hundreds of entries share their bytes is refused as a whole', async () => {
  const dataset = await createDataset(ada, 'one entry for all');
  const entries: RawEntry[] = [{ name: 'cat/0.jpg', bytes: await photo('shared') }];
  for (let index = 1; index <= 200; index++)
    entries.push({ name: `cat/${index}.jpg`, bytes: Buffer.alloc(0), sameAs: 0 });
  const result = await imported(dataset, rawZip(entries));
  expect(result).toMatchObject({ status: 'FAILED', imagesAdded: 0 });
  expect(result.failure).toContain('share their bytes');
});

test('an entry that reaches into the next one, or unpacks to far more, is refused alone', async () => {
  const dataset = await createDataset(ada, 'lies');
  const inside = await photo('inside');
  const result = await imported(
    dataset,
    rawZip([
      { name: 'long.jpg', bytes: await photo('long'), packedSize: 5_000, unpackedSize: 5_000 },
      { name: 'inside.jpg', bytes: inside },
      { name: 'bomb.png', bytes: blankPng(60_000, 800), deflate: true },
      { name: 'zeros.png', bytes: Buffer.alloc(30 * 2 ** 20), deflate: true },
      { name: 'short.jpg', bytes: await photo('short'), deflate: true, unpackedSize: 10 },
      { name: 'huge.jpg', bytes: await photo('huge'), deflate: true, unpackedSize: 65 * 2 ** 20 },
      { name: 'cat/good.jpg', bytes: await photo('good among lies') },
    ]),
  );
  expect(result).toMatchObject({ status: 'DONE', filesDone: 7 });
  expect(Object.fromEntries(reasons(result))).toEqual({
    'long.jpg': 'OVERLAPPING',
    'zeros.png': 'COMPRESSED_TOO_MUCH',
    'short.jpg': 'TRUNCATED',
    'huge.jpg': 'TOO_LARGE',
  });
});

test('an archive with too many entries is refused as a whole, and fails', async () => {
  const dataset = await createDataset(ada, 'too many');
  const zip = await zipOf({ 'cat/1.jpg': await photo('count') });
  const end = zip.length - 22;
  // An end record of the large format that announces a million and one entries.
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeBigUInt64LE(1_000_001n, 24);
  record.writeBigUInt64LE(1_000_001n, 32);
  record.writeBigUInt64LE(BigInt(zip.readUInt32LE(end + 12)), 40);
  record.writeBigUInt64LE(BigInt(zip.readUInt32LE(end + 16)), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(end), 8);
  const large = Buffer.concat([zip.subarray(0, end), record, locator, zip.subarray(end)]);
  const result = await imported(dataset, large);
  expect(result).toMatchObject({ status: 'FAILED', imagesAdded: 0 });
  expect(result.failure).toContain('the limit is 1000000 entries');
});

test.each([
  ['its end record', 8, 'locator'],
  ['its directory', 48, 'record'],
] as const)(
  'an archive that says %s is at 2^64 fails, and ends no worker',
  async (_what, at, part) => {
    const dataset = await createDataset(ada, `far away: ${part}`);
    const zip = await zipOf({ 'cat/1.jpg': await photo(`far ${part}`) });
    const end = zip.length - 22;
    const parts = { record: Buffer.alloc(56), locator: Buffer.alloc(20) };
    parts.record.writeUInt32LE(0x06064b50, 0);
    parts.record.writeBigUInt64LE(44n, 4);
    parts.record.writeBigUInt64LE(1n, 32);
    parts.locator.writeUInt32LE(0x07064b50, 0);
    parts.locator.writeBigUInt64LE(BigInt(end), 8);
    parts[part].writeBigUInt64LE(2n ** 64n - 1n, at);
    const { record, locator } = parts;
    const far = Buffer.concat([zip.subarray(0, end), record, locator, zip.subarray(end)]);
    const result = await imported(dataset, far);
    expect(result).toMatchObject({ status: 'FAILED', imagesAdded: 0 });
    expect(result.failure).toContain('This zip archive cannot be read');
  },
);

test('a file that the database refuses is refused by name, and the others go on', async () => {
  const dataset = await createDataset(ada, 'poison');
  const { dataSource } = server.container;
  await dataSource.query(`
    CREATE FUNCTION refuse_poison() RETURNS trigger AS $$ BEGIN
      IF NEW.file_name LIKE '%poison%' THEN RAISE 'the disk of the index is broken'; END IF;
      RETURN NEW; END $$ LANGUAGE plpgsql`);
  await dataSource.query(
    'CREATE TRIGGER poison BEFORE INSERT ON image FOR EACH ROW EXECUTE FUNCTION refuse_poison()',
  );
  const result = await imported(
    dataset,
    await zipOf({
      'cat/1.jpg': await photo('before poison'),
      'cat/poison.jpg': await photo('poison'),
      'cat/3.jpg': await photo('after poison'),
    }),
  );
  await dataSource.query('DROP FUNCTION refuse_poison CASCADE');
  expect(result).toMatchObject({ status: 'DONE', filesDone: 3, imagesAdded: 2, refusalCount: 1 });
  expect(reasons(result)).toEqual([['cat/poison.jpg', 'NOT_STORED']]);
  expect(result.refusals[0]?.message).not.toContain('index');
});

test('an import that cannot be written about fails with a reason instead of running for ever', async () => {
  const dataset = await createDataset(ada, 'broken step');
  const { dataSource } = server.container;
  await dataSource.query(`
    CREATE FUNCTION refuse_progress() RETURNS trigger AS $$ BEGIN
      IF NEW.files_done > OLD.files_done THEN RAISE 'no progress'; END IF;
      RETURN NEW; END $$ LANGUAGE plpgsql`);
  await dataSource.query(
    'CREATE TRIGGER progress BEFORE UPDATE ON import FOR EACH ROW EXECUTE FUNCTION refuse_progress()',
  );
  const result = await imported(dataset, await zipOf({ 'cat/1.jpg': await photo('no progress') }));
  await dataSource.query('DROP FUNCTION refuse_progress CASCADE');
  expect(result.status).toBe('FAILED');
  expect(result.failure).toMatch(/^The server could not go on with this archive.+\.$/);
});

/** An import whose bytes are there and that no worker takes by itself. */
async function waitingImport(dataset: TestDataset, zip: Buffer, attempts = 0): Promise<string> {
  const { dataSource, store } = server.container;
  const [importId, ticketId, workerId] = [randomUUID(), randomUUID(), randomUUID()];
  await store.put(`uploads/${ticketId}`, zip);
  await dataSource.query(
    `INSERT INTO worker (id, host, backbone_ids, seen_at) VALUES ($1, 'test', '{}', now() + interval '1 hour')`,
    [workerId],
  );
  await dataSource.query(
    `INSERT INTO import (id, dataset_id, user_id, ticket_id, file_name, status, labels_from_folders,
       held_out, worker_id, attempts)
     SELECT $1, id, created_by, $3, 'photos.zip', 'RUNNING', false, false, $4, $5 FROM dataset WHERE id = $2`,
    [importId, parseGlobalId(dataset.id)?.id, ticketId, workerId, attempts],
  );
  return importId;
}

/** The worker that has the import dies. */
const killWorkerOf = (importId: string) =>
  server.container.dataSource.query(
    'DELETE FROM worker WHERE id = (SELECT worker_id FROM import WHERE id = $1)',
    [importId],
  );

function jobsOfAnotherWorker(): ImportJobs {
  const { datasetRows: datasets, ingest: imageIngest } = server.container;
  return new ImportJobs({
    ...server.container,
    held: new HeldWork(),
    datasets,
    imageIngest,
    workerId: randomUUID(),
  });
}

test('an import that ended its worker twice fails, and one that ended it once goes on', async () => {
  const dataset = await createDataset(ada, 'killer');
  const zip = await zipOf({ '1.jpg': await photo('killer') });
  for (const [attempts, status] of [
    [1, 'DONE'],
    [2, 'FAILED'],
  ] as const) {
    const importId = await waitingImport(dataset, zip, attempts);
    await killWorkerOf(importId);
    await jobsOfAnotherWorker().run({ importId }, new AbortController().signal);
    const state = (await importsOf(dataset)).find(
      ({ id }) => id === toGlobalId('Import', importId),
    );
    expect(state?.status).toBe(status);
    if (status === 'FAILED') expect(state?.failure).toContain('ended the worker 2 times');
  }
});

const cancel = (client: ApiClient, id: string) =>
  client.request<{
    cancelImport: { import: { status: string } | null; error: { __typename: string } | null };
  }>(
    'mutation ($id: ID!) { cancelImport(input: { id: $id }) { import { status } error { __typename } } }',
    { id },
  );

test('the person who started an import cancels it, and others do not', async () => {
  const dataset = await createDataset(ada, 'cancelled');
  const importId = await waitingImport(dataset, await zipOf({ '1.jpg': await photo('cancel') }));
  const id = toGlobalId('Import', importId);
  const bob = await server.person('Bob');
  expect((await cancel(bob, id)).cancelImport.error?.__typename).toBe('Forbidden');
  expect((await cancel(ada, id)).cancelImport).toEqual({
    import: { status: 'CANCELLED' },
    error: null,
  });
  expect((await cancel(ada, id)).cancelImport.error?.__typename).toBe('InvalidState');
  await killWorkerOf(importId);
  await jobsOfAnotherWorker().run({ importId }, new AbortController().signal);
  expect(await importsOf(dataset)).toMatchObject([{ status: 'CANCELLED', filesDone: 0 }]);
});

test('a worker that is reading the archive stops when the import is cancelled', async () => {
  const dataset = await createDataset(ada, 'cancelled while it runs');
  const entries: Record<string, Buffer> = {};
  for (let index = 0; index < 120; index++)
    entries[`${index}.jpg`] = await photo(`cancel ${index}`);
  await uploadZip(dataset, await zipOf(entries));
  await waitUntil(async () => ((await importsOf(dataset))[0]?.filesDone ?? 0) >= 50);
  const [running] = await importsOf(dataset);
  const { cancelImport } = await cancel(ada, running?.id ?? '');
  expect(cancelImport.import?.status).toBe('CANCELLED');
  const [after] = await importsOf(dataset);
  // The next import of this worker runs only when it has left the cancelled one.
  await imported(await createDataset(ada, 'next'), await zipOf({ '1.jpg': await photo('next') }));
  const [later] = await importsOf(dataset);
  expect(later).toEqual(after);
  expect(later?.filesDone).toBeLessThan(120);
});
