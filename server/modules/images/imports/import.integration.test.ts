import { randomUUID } from 'node:crypto';
import { HeldWork } from '../../../jobs/heldWork';
import { take, type ApiClient } from '../../../testing/apiClient';
import { createDataset, photo, upload } from '../../../testing/factories';
import { startTestServer, type TestServer } from '../../../testing/testServer';
import { encrypted, renamed, withoutUtf8Flag, zipOf } from '../../../testing/zip';
import { ImportJobs } from './import.jobs';

let server: TestServer;
let ada: ApiClient;

beforeAll(async () => {
  server = await startTestServer({ worker: true });
  ada = await server.person('Ada');
});
afterAll(async () => {
  await ada.close();
  await server.close();
});

interface Progress {
  id: string;
  status: string;
  filesTotal: number;
  filesDone: number;
  imagesAdded: number;
  duplicates: number;
  labelsAdded: number;
  refusalCount: number;
  refusals: { fileName: string; reason: string; message: string }[];
  failure: string | null;
}
const fields = `id status filesTotal filesDone imagesAdded duplicates labelsAdded refusalCount failure
  refusals { fileName reason message }`;

/** An event shows the import as it is when it is delivered, so the last events all show its end. */
const ended = new Set<string>();

/** Collects every state of the next import until its end. */
async function progressOf(datasetId: string, start: () => Promise<unknown>): Promise<Progress[]> {
  const { dataset } = await ada.request<{ dataset: { eventCursor: string } }>(
    'query ($id: ID!) { dataset(id: $id) { eventCursor } }',
    { id: datasetId },
  );
  await start();
  const events = ada.subscribe<{ datasetEvents: { import?: Progress } }>(
    `subscription ($id: ID!, $after: String) { datasetEvents(datasetId: $id, after: $after) {
       ... on ImportProgressed { import { ${fields} } } } }`,
    { id: datasetId, after: dataset.eventCursor },
  );
  const states: Progress[] = [];
  while (!['DONE', 'FAILED'].includes(states.at(-1)?.status ?? '')) {
    const [event] = await take(events, 1);
    if (!event || event.errors)
      throw new Error(JSON.stringify(event?.errors ?? 'the stream ended'));
    const state = event.data?.datasetEvents.import;
    if (state && !ended.has(state.id)) states.push(state);
  }
  await events.return?.();
  for (const { id } of states) ended.add(id);
  return states;
}

const uploadZip = (datasetId: string, bytes: Buffer, more: object = { labelsFromFolders: true }) =>
  upload(ada, datasetId, [{ fileName: 'photos.zip', bytes, kind: 'ARCHIVE', ...more }]);

async function importZip(datasetId: string, bytes: Buffer, more?: object): Promise<Progress> {
  const states = await progressOf(datasetId, () => uploadZip(datasetId, bytes, more));
  const last = states.at(-1);
  if (!last) throw new Error('no import came');
  return last;
}

async function contentsOf(id: string) {
  const { dataset } = await ada.request<{
    dataset: {
      classes: { name: string }[];
      counts: { images: number; labels: number; heldOut: number };
      images: {
        nodes: {
          fileName: string;
          labels: { origin: string; class: { name: string }; person: { name: string } }[];
        }[];
      };
    };
  }>(
    `query ($id: ID!) { dataset(id: $id) { classes { name } counts { images labels heldOut }
       images(orderBy: NAME) { nodes { fileName labels { origin class { name } person { name } } } } } }`,
    { id },
  );
  return dataset;
}

test('a zip with a folder per class becomes images, classes and imported labels', async () => {
  const { id } = await createDataset(ada, 'by folder', ['cat']);
  const zip = await zipOf({
    'cat/': Buffer.alloc(0),
    'cat/1.jpg': await photo('zip cat'),
    'images/Dog/2.jpg': await photo('zip dog'),
    '3.jpg': await photo('zip none'),
    'cat/.DS_Store': Buffer.from('clutter'),
    '__MACOSX/cat/._1.jpg': Buffer.from('clutter'),
    'Thumbs.db': Buffer.from('clutter'),
  });
  const states = await progressOf(id, () => uploadZip(id, zip));
  // An event shows the present state, so a late one may show more than its own step.
  const done = states.map((state) => state.filesDone);
  expect(done).toEqual([...done].sort((a, b) => a - b));
  expect(states.at(-1)).toMatchObject({
    status: 'DONE',
    filesTotal: 3,
    filesDone: 3,
    imagesAdded: 3,
    labelsAdded: 2,
    refusalCount: 0,
  });
  const label = (name: string) => ({
    origin: 'IMPORTED',
    class: { name },
    person: { name: 'Ada' },
  });
  expect(await contentsOf(id)).toEqual({
    classes: [{ name: 'cat' }, { name: 'Dog' }],
    counts: { images: 3, labels: 2, heldOut: 0 },
    images: {
      nodes: [
        { fileName: '3.jpg', labels: [] },
        { fileName: 'cat/1.jpg', labels: [label('cat')] },
        { fileName: 'images/Dog/2.jpg', labels: [label('Dog')] },
      ],
    },
  });
});

test('folders are only folders unless they are said to be classes', async () => {
  const { id } = await createDataset(ada, 'no labels', []);
  const zip = await zipOf({ 'cat/1.jpg': await photo('zip plain') });
  expect(await importZip(id, zip, { heldOut: true })).toMatchObject({
    imagesAdded: 1,
    labelsAdded: 0,
  });
  expect(await contentsOf(id)).toMatchObject({
    classes: [],
    counts: { images: 1, labels: 0, heldOut: 1 },
  });
});

test('bad entries are refused by name with their reason, and the others go on', async () => {
  const { id } = await createDataset(ada, 'evil', []);
  const jpeg = (name: string) => photo(`evil ${name}`);
  let zip = await zipOf({
    'xx/evil.jpg': await jpeg('climbs'),
    'xslash.jpg': await jpeg('absolute'),
    'cat/x/x/y.jpg': await jpeg('climbs inside'),
    'cat/locked.jpg': await jpeg('locked'),
    'cat/words.jpg': Buffer.from('these are words'),
    'cat/half.jpg': (await jpeg('half')).subarray(0, 300),
    'cat/broken.jpg': await jpeg('broken'),
    'cat/empty.jpg': Buffer.alloc(0),
    'cat/good.jpg': await jpeg('good'),
  });
  zip = renamed(zip, 'xx/evil.jpg', Buffer.from('../evil.jpg'));
  zip = renamed(zip, 'xslash.jpg', Buffer.from('/slash.jpg'));
  zip = renamed(zip, 'cat/x/x/y.jpg', Buffer.from('cat/../../jpg'));
  zip = encrypted(zip, 'cat/locked.jpg');
  zip.fill(0xff, zip.indexOf('cat/broken.jpg') + 20, zip.indexOf('cat/broken.jpg') + 120);
  const result = await importZip(id, zip);
  const reasons = result.refusals.map(({ fileName, reason }) => [fileName, reason]);
  expect(Object.fromEntries(reasons)).toEqual({
    '../evil.jpg': 'UNSAFE_PATH',
    '/slash.jpg': 'UNSAFE_PATH',
    'cat/../../jpg': 'UNSAFE_PATH',
    'cat/locked.jpg': 'ENCRYPTED',
    'cat/words.jpg': 'NOT_AN_IMAGE',
    'cat/half.jpg': 'TRUNCATED',
    'cat/broken.jpg': 'TRUNCATED',
    'cat/empty.jpg': 'EMPTY',
  });
  for (const { message } of result.refusals) expect(message).toMatch(/^[A-Z].+\.$/);
  expect(result).toMatchObject({
    status: 'DONE',
    filesDone: 9,
    imagesAdded: 1,
    labelsAdded: 1,
    refusalCount: 8,
  });
  expect((await contentsOf(id)).images.nodes.map((one) => one.fileName)).toEqual(['cat/good.jpg']);
});

test('names are read as UTF-8, and as what old tools wrote where they are not', async () => {
  const { id } = await createDataset(ada, 'names', []);
  let zip = await zipOf({
    '猫/é.jpg': await photo('name utf8'),
    'ñandú/1.jpg': await photo('name unflagged'),
    'K-tzchen/1.jpg': await photo('name old'),
  });
  zip = withoutUtf8Flag(zip, 'ñandú/1.jpg');
  zip = withoutUtf8Flag(zip, 'K-tzchen/1.jpg');
  // 0x84 is ä in code page 437, the zip format's original encoding.
  zip = renamed(zip, 'K-tzchen/1.jpg', Buffer.from('K\x84tzchen/1.jpg', 'latin1'));
  expect(await importZip(id, zip)).toMatchObject({ status: 'DONE', imagesAdded: 3 });
  const { classes } = await contentsOf(id);
  expect(classes.map(({ name }) => name)).toEqual(['猫', 'ñandú', 'Kätzchen']);
});

test.each([
  ['what is no zip', () => photo('not a zip')],
  ['a truncated zip', async () => (await zipOf({ '1.jpg': await photo('cut') })).subarray(0, -30)],
  ['an empty file', () => Promise.resolve(Buffer.alloc(0))],
])('%s fails with a sentence and adds nothing', async (what, make) => {
  const { id } = await createDataset(ada, what, []);
  const result = await importZip(id, await make());
  expect(result).toMatchObject({ status: 'FAILED', filesDone: 0, imagesAdded: 0 });
  expect(result.failure).toMatch(/^This zip archive cannot be read \(.+\)\.$/);
  expect((await contentsOf(id)).counts.images).toBe(0);
});

test('the same zip again adds nothing, nor does an import that is run a second time', async () => {
  const { id } = await createDataset(ada, 'again', []);
  const bytes = await photo('again 1');
  const zip = await zipOf({
    'cat/1.jpg': bytes,
    'cat/2.jpg': bytes,
    'dog/3.jpg': await photo('again 3'),
  });
  expect(await importZip(id, zip)).toMatchObject({ imagesAdded: 2, duplicates: 1, labelsAdded: 2 });
  const before = await contentsOf(id);
  expect(await importZip(id, zip)).toMatchObject({
    status: 'DONE',
    filesDone: 3,
    imagesAdded: 0,
    duplicates: 3,
    labelsAdded: 0,
  });
  const { dataSource } = server.container;
  const jobs = importJobs();
  const imports = await dataSource.query<{ id: string }[]>('SELECT id FROM import');
  for (const { id: importId } of imports)
    await jobs.run({ importId }, new AbortController().signal);
  expect(await contentsOf(id)).toEqual(before);
});

test('a worker that takes over goes on where the first one stopped', async () => {
  const { id } = await createDataset(ada, 'taken over', []);
  const zip = await zipOf({ '1.jpg': await photo('over 1'), '2.jpg': await photo('over 2') });
  const { dataSource, store } = server.container;
  await progressOf(id, () => uploadZip(id, zip));
  const [{ ticket_id: ticketId } = { ticket_id: '' }] = await dataSource.query<
    { ticket_id: string }[]
  >('SELECT ticket_id FROM import ORDER BY created_at DESC LIMIT 1');
  await store.put(`uploads/${ticketId}`, zip);
  const importId = randomUUID();
  await dataSource.query(
    `INSERT INTO import (id, dataset_id, user_id, ticket_id, file_name, status, labels_from_folders,
       held_out, files_total, files_done, images_added, worker_id)
     SELECT $1, dataset_id, user_id, ticket_id, file_name, 'RUNNING', false, false, 2, 1, 1, $1
     FROM import WHERE ticket_id = $2`,
    [importId, ticketId],
  );
  const jobs = importJobs();
  await jobs.run({ importId }, new AbortController().signal);
  const [after] = await dataSource.query<object[]>('SELECT * FROM import WHERE id = $1', [
    importId,
  ]);
  expect(after).toMatchObject({
    status: 'DONE',
    files_done: 2,
    images_added: 1,
    duplicates: 1,
  });
});

/** Those of another worker. */
function importJobs(): ImportJobs {
  const { datasetRows: datasets, ingest: imageIngest } = server.container;
  const workerId = randomUUID();
  return new ImportJobs({
    ...server.container,
    held: new HeldWork(),
    datasets,
    imageIngest,
    workerId,
  });
}
