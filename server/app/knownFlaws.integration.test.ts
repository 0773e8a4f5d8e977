import { randomUUID } from 'node:crypto';
import { posix } from 'node:path';
import { text } from 'node:stream/consumers';
import { fromBufferPromise } from 'yauzl';
import { parseGlobalId, toGlobalId } from '../graphql/globalId';
import { ApiClient, take } from '../testing/apiClient';
import { ColourDataset } from '../testing/colourDataset';
import { createDataset, photo, upload, type TestDataset } from '../testing/factories';
import { rawZip } from '../testing/hostile';
import { blankPng, svg } from '../testing/imageFiles';
import { recordLabel } from '../testing/labelling';
import { startRun } from '../testing/runs';
import { startScene, type Scene } from '../testing/scene';
import { waitUntil } from '../testing/waitUntil';

/**
 * Flaws that were found in other labelling tools (Label Studio, CVAT, FiftyOne, COCO Annotator),
 * each with a test that Labelloop does not have it. `knownFlaws.test.ts` has those that need no
 * server.
 */

let scene: Scene;
let ada: ApiClient;
let bob: ApiClient;
let nobody: ApiClient;

beforeAll(async () => {
  scene = await startScene({ people: ['Ada', 'Bob'] });
  [ada, bob] = scene.people as [ApiClient, ApiClient];
  nobody = new ApiClient(scene.server.url);
});
afterAll(() => scene.close());

const query = <T = unknown>(sql: string, values: unknown[] = []) =>
  scene.server.container.dataSource.query<T[]>(sql, values);
const uuidOf = (globalId: string) => parseGlobalId(globalId)?.id ?? '';
const script = '<script>alert(1)</script>';

describe('a session', () => {
  it('has a random token that only its owner ever sees', async () => {
    const again = await scene.server.person('Ada');
    expect(again.token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(again.token).not.toBe(ada.token);
    const rows = await query<object>('SELECT * FROM session');
    expect(rows.length).toBeGreaterThan(1);
    const values = rows.flatMap((row) => Object.values(row) as unknown[]);
    const texts = values.map((value) =>
      Buffer.isBuffer(value) ? value.toString('latin1') : String(value),
    );
    expect(texts.join('\n')).not.toContain(again.token?.slice(0, 20));
  });

  it.each(['admin', 'labelloop', 'null', 'undefined', '0'.repeat(43), randomUUID()])(
    'is not opened by the token %s',
    async (token) => {
      const guesser = new ApiClient(scene.server.url, token);
      expect(await guesser.request('{ viewer { id } }')).toEqual({ viewer: null });
    },
  );

  it('is kept in a cookie that scripts and other sites cannot use', async () => {
    const response = await fetch(`${scene.server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: 'mutation { signIn(input: { name: "Eve" }) { token } }' }),
    });
    const cookie = response.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=(Lax|Strict)/);
  });
});

describe('filters', () => {
  it('of one dataset say nothing about the classes of another', async () => {
    const own = await createDataset(ada, 'own', ['cat']);
    const other = await createDataset(bob, 'other', ['cat']);
    const file = { fileName: 'a.jpg', bytes: await photo('filter'), className: 'cat' };
    await upload(bob, other.id, [file]);
    await upload(ada, own.id, [file]);
    const count = async (field: string, classId: string | undefined) => {
      const read = await ada.raw<{ dataset: { images: { totalCount: number } } | null }>(
        `query ($id: ID!, $class: ID) { dataset(id: $id) { images(filter: { ${field}: $class }) { totalCount } } }`,
        { id: own.id, class: classId },
      );
      return read.data?.dataset?.images.totalCount ?? 0;
    };
    expect(await count('classId', own.classes[0]?.id)).toBe(1);
    expect(await count('classId', other.classes[0]?.id)).toBe(0);
    expect(await count('predictedClassId', other.classes[0]?.id)).toBe(0);
  });

  it('cannot compare images of two datasets', async () => {
    const images: string[] = [];
    for (const owner of [ada, bob]) {
      const { id } = await createDataset(owner, randomUUID());
      const [result] = await upload(owner, id, [{ fileName: 'a.jpg', bytes: await photo(id) }]);
      images.push(result?.image?.id ?? '');
    }
    const { data, errors } = await ada.raw<{ similarImages: unknown }>(
      'query ($ids: [ID!]!) { similarImages(imageIds: $ids) { similarity } }',
      { ids: images },
    );
    expect(data?.similarImages ?? null).toBeNull();
    expect(errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT');
  });
});

describe('names with a script in them', () => {
  let dataset: TestDataset;
  let eve: ApiClient;
  let image: { id: string; url: string };

  beforeAll(async () => {
    eve = await scene.server.person(`Eve ${script}`);
    dataset = await createDataset(eve, `Set ${script}`, [`cat ${script}`, '=cmd|calc']);
    const bytes = Buffer.concat([blankPng(30, 20), Buffer.from(`<html>${script}</html>`)]);
    const [result] = await upload(eve, dataset.id, [
      { fileName: `a ${script}.png`, bytes, className: `cat ${script}` },
    ]);
    image = result?.image ?? { id: '', url: '' };
    await recordLabel(eve, { imageId: image.id, classId: dataset.classes[1]?.id });
  });

  it('come back as the same text, in JSON', async () => {
    const response = await fetch(`${scene.server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/html', ...eve.headers },
      body: JSON.stringify({
        query: `query ($id: ID!) { viewer { name } dataset(id: $id) { name classes { name } } }`,
        variables: { id: dataset.id },
      }),
    });
    expect(response.headers.get('content-type')).toMatch(/^application\/(graphql-response\+)?json/);
    const body = await response.text();
    if (response.ok)
      expect(JSON.parse(body)).toMatchObject({ data: { viewer: { name: `Eve ${script}` } } });
  });

  it('do not turn a file into a page', async () => {
    const response = await eve.get(image.url);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^image\//);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('do not turn an error into a page', async () => {
    for (const path of ['images', 'thumbnails', 'exports', 'uploads', 'else']) {
      const response = await eve.get(`/files/${path}/${encodeURIComponent(script)}`);
      expect(response.status).toBeGreaterThanOrEqual(400);
      const type = response.headers.get('content-type') ?? '';
      const body = await response.text();
      expect(type.startsWith('text/html') && body.includes(script)).toBe(false);
    }
  });

  it('become harmless file names and cells in an export', async () => {
    const { names, csv, disposition } = await exportOf(eve, dataset.id);
    expect(disposition).toMatch(/^attachment;/);
    expect(disposition).not.toMatch(/[<>]/);
    expect(names.join()).not.toMatch(/[<>:"|?*]/);
    // A spreadsheet runs a cell that begins with one of these.
    for (const cell of csv.split(/[,\n]/)) expect(cell).not.toMatch(/^"?[=+@]/);
  });
});

interface Exported {
  names: string[];
  csv: string;
  disposition: string;
}

async function exportOf(client: ApiClient, datasetId: string): Promise<Exported> {
  const made = await client.request<{ exportDataset: { export: { url: string } } }>(
    'mutation ($id: ID!) { exportDataset(input: { datasetId: $id }) { export { url } error { message } } }',
    { id: datasetId },
  );
  const response = await client.get(made.exportDataset.export.url);
  const zip = await fromBufferPromise(Buffer.from(await response.arrayBuffer()), {
    decodeStrings: true,
    validateEntrySizes: true,
  });
  const names: string[] = [];
  let csv = '';
  for await (const entry of zip.eachEntry()) {
    names.push(entry.fileName);
    if (entry.fileName === 'labels.csv') csv = await text(await zip.openReadStreamPromise(entry));
  }
  return { names, csv, disposition: response.headers.get('content-disposition') ?? '' };
}

describe('documents that a browser runs', () => {
  it.each([
    ['an SVG', 'a.svg', svg()],
    ['an SVG under the name of a PNG', 'a.png', svg()],
    ['a page', 'a.html', Buffer.from(`<!doctype html><html>${script}</html>`)],
    ['a page under the name of a JPEG', 'a.jpg', Buffer.from(`<html>${script}</html>`)],
    [
      'an SVG with a script and a document type',
      'b.svg',
      Buffer.from(`<!DOCTYPE svg><svg xmlns="http://www.w3.org/2000/svg">${script}</svg>`),
    ],
  ])('%s is refused', async (_what, fileName, bytes) => {
    const { id } = await createDataset(ada, randomUUID());
    const [result] = await upload(ada, id, [{ fileName, bytes }]);
    expect(result?.image).toBeNull();
    expect(['NOT_AN_IMAGE', 'UNSUPPORTED_FORMAT']).toContain(result?.refusal?.reason);
  });

  it('are refused one by one in an archive, and the images beside them are taken', async () => {
    const { id } = await createDataset(ada, randomUUID());
    const entries = [
      { name: 'cat/a.svg', data: svg() },
      { name: 'cat/b.html', data: Buffer.from(script) },
      { name: 'cat/c.png', data: blankPng(20, 30) },
    ];
    expect(await importOf(ada, id, rawZip(entries))).toMatchObject({
      status: 'DONE',
      imagesAdded: 1,
      refusalCount: 2,
    });
  });
});

interface ImportState {
  status: string;
  imagesAdded: number;
  refusalCount: number;
  refusals: { fileName: string; reason: string }[];
}

async function importOf(client: ApiClient, datasetId: string, bytes: Buffer): Promise<ImportState> {
  const [result] = await upload(client, datasetId, [
    { fileName: 'a.zip', bytes, kind: 'ARCHIVE', labelsFromFolders: true },
  ]);
  let state: ImportState | undefined;
  await waitUntil(async () => {
    const read = await client.request<{ node: ImportState }>(
      'query ($id: ID!) { node(id: $id) { ... on Import { status imagesAdded refusalCount refusals { fileName reason } } } }',
      { id: result?.import?.id },
    );
    state = read.node;
    return ['DONE', 'FAILED'].includes(state.status);
  });
  return state!;
}

describe('paths that leave their folder', () => {
  const outside = [
    '../a.png',
    '..\\a.png',
    'b/../../a.png',
    '/etc/a.png',
    'C:\\a.png',
    'c:a.png',
    '\\\\host\\a.png',
  ];

  it.each(outside)('%s is refused as the name of an upload', async (fileName) => {
    const { id } = await createDataset(ada, randomUUID());
    const file = { fileName, bytes: blankPng(9, 9) };
    const refused = await upload(ada, id, [file]).then(
      ([result]) => result?.refusal?.message ?? '',
      (error: Error) => error.message,
    );
    expect(refused).not.toBe('');
    expect(await contentsOf(id)).toEqual([]);
  });

  it('are refused as names in an archive, and the entry beside them is taken', async () => {
    const { id } = await createDataset(ada, randomUUID());
    const entries = [...outside, 'cat/good.png'].map((name, index) => ({
      name,
      data: blankPng(20 + index, 9),
    }));
    const state = await importOf(ada, id, rawZip(entries));
    expect(state).toMatchObject({ status: 'DONE', imagesAdded: 1 });
    const reasons = state.refusals.map(({ reason }) => reason);
    expect(reasons.length).toBeGreaterThan(4);
    expect(new Set(reasons)).toEqual(new Set(['UNSAFE_PATH']));
    expect(await contentsOf(id)).toEqual(['cat/good.png']);
  });

  it('do not come out of an export, for any names of classes and files', async () => {
    const classNames = [
      '..',
      '../..',
      '/etc',
      'C:\\Windows',
      'a/../../b',
      '\\\\host\\share',
      'con',
      '~',
    ];
    const { id } = await createDataset(ada, randomUUID(), classNames);
    const files = classNames.map((className, index) => ({
      fileName: `dir/..${'.'.repeat(index)}.png`,
      className,
      bytes: blankPng(40 + index, 9),
    }));
    await upload(ada, id, files);
    const { names } = await exportOf(ada, id);
    expect(names.length).toBeGreaterThan(classNames.length);
    for (const name of names) {
      expect(posix.normalize(name)).toBe(name);
      expect(name).not.toMatch(/^\/|^\.\.(\/|$)|\\|^[a-z]:/i);
      expect(name.split('/')).not.toContain('..');
    }
  });

  it.each(['..%2f..%2f..%2fetc%2fpasswd', '%2e%2e', '..%5c..', '%00', 'a%2f..%2fb'])(
    '%s names no file to download',
    async (id) => {
      for (const path of ['images', 'thumbnails', 'exports'])
        expect((await ada.get(`/files/${path}/${id}`)).status).toBeGreaterThanOrEqual(400);
    },
  );
});

async function contentsOf(id: string): Promise<string[]> {
  const { dataset } = await ada.request<{
    dataset: { images: { nodes: { fileName: string }[] } };
  }>('query ($id: ID!) { dataset(id: $id) { images { nodes { fileName } } } }', { id });
  return dataset.images.nodes.map(({ fileName }) => fileName);
}

describe('an upload of somebody else', () => {
  it('takes bytes and is completed only by the person who announced it', async () => {
    const { id } = await createDataset(ada, randomUUID());
    const bytes = blankPng(33, 44);
    const { createUploads } = await ada.request<{
      createUploads: { tickets: { id: string; url: string }[] };
    }>(
      'mutation ($input: CreateUploadsInput!) { createUploads(input: $input) { tickets { id url } } }',
      { input: { datasetId: id, files: [{ fileName: 'a.png', byteSize: bytes.length }] } },
    );
    const [ticket] = createUploads.tickets as [{ id: string; url: string }];
    const complete = (client: ApiClient) =>
      client.raw<{
        completeUploads: { results: unknown[] | null; error: { __typename: string } | null };
      }>(
        'mutation ($id: ID!) { completeUploads(input: { ticketIds: [$id] }) { results { image { id } } error { __typename } } }',
        { id: ticket.id },
      );
    expect((await bob.put(ticket.url, bytes)).status).toBe(403);
    expect((await nobody.put(ticket.url, bytes)).status).toBe(401);
    expect((await ada.put(ticket.url, bytes)).status).toBe(204);
    expect((await complete(bob)).data?.completeUploads).toMatchObject({
      results: null,
      error: { __typename: 'Forbidden' },
    });
    expect((await complete(nobody)).errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
    expect((await complete(ada)).data?.completeUploads).toMatchObject({
      results: [{ image: { id: expect.any(String) as string } }],
    });
  });
});

describe('a label of somebody else', () => {
  it('cannot be undone by its id', async () => {
    const { id, classes } = await createDataset(ada, randomUUID());
    const [result] = await upload(ada, id, [{ fileName: 'a.png', bytes: blankPng(12, 50) }]);
    const imageId = result?.image?.id ?? '';
    const labelId = await recordLabel(ada, { imageId, classId: classes[0]?.id });
    const undo = (client: ApiClient) =>
      client.raw<{ undoLabel: { error: { __typename: string } | null } }>(
        'mutation ($input: UndoLabelInput!) { undoLabel(input: $input) { error { __typename } } }',
        { input: { labelId, clientMutationId: randomUUID() } },
      );
    expect((await undo(bob)).data?.undoLabel.error?.__typename).toBe('Forbidden');
    expect((await undo(nobody)).errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
    const inForce = () =>
      query('SELECT 1 FROM label WHERE id = $1 AND in_force', [uuidOf(labelId)]);
    expect(await inForce()).toHaveLength(1);
    expect((await undo(ada)).data?.undoLabel.error).toBeNull();
    expect(await inForce()).toHaveLength(0);
  });
});

describe('a flood of jobs', () => {
  it('of runs leaves one run', async () => {
    const colours = await ColourDataset.create(ada, { photosPerClass: 2 });
    await colours.labelEach(1);
    const started = await Promise.all(
      Array.from({ length: 30 }, (_, index) => startRun(index % 2 ? ada : bob, colours.id)),
    );
    const runs = await query('SELECT 1 FROM retrain_run WHERE dataset_id = $1', [
      uuidOf(colours.id),
    ]);
    expect(runs.length).toBe(started.filter(({ run }) => run).length);
    const busy = started.filter(({ run }) => !run).map(({ error }) => error?.__typename);
    expect(busy.length).toBeGreaterThan(20);
    for (const kind of busy) expect(['InvalidState', 'LimitExceeded']).toContain(kind);
  });

  it('of exports queues nothing, because a download writes its own zip', async () => {
    const { id } = await createDataset(ada, randomUUID());
    const jobs = async () =>
      (await query(`SELECT id FROM pgboss.job WHERE name LIKE '%export%'`)).length;
    const before = await jobs();
    await Promise.all(
      Array.from({ length: 50 }, () =>
        ada.raw(
          'mutation ($id: ID!) { exportDataset(input: { datasetId: $id }) { export { id } } }',
          { id },
        ),
      ),
    );
    expect(await jobs()).toBe(before);
  });
});

describe('events of a dataset', () => {
  const subscription = 'subscription ($id: ID!) { datasetEvents(datasetId: $id) { cursor } }';
  const codeFor = async (client: ApiClient, id: string) => {
    const [first] = await take(client.subscribe(subscription, { id }), 1).catch(
      (errors: unknown) => [{ errors: errors as { extensions?: { code?: string } }[] }],
    );
    return first?.errors?.[0]?.extensions?.code;
  };

  it('do not come for one that does not exist, for an id of something else, or without sign-in', async () => {
    const { id, classes } = await createDataset(ada, randomUUID());
    expect(await codeFor(bob, toGlobalId('Dataset', randomUUID()))).toBe('NOT_FOUND');
    expect(await codeFor(bob, classes[0]?.id ?? '')).toBe('NOT_FOUND');
    expect(await codeFor(bob, 'nonsense')).toBe('NOT_FOUND');
    const stranger = new ApiClient(scene.server.url);
    expect(await codeFor(stranger, id)).toBe('UNAUTHENTICATED');
    await stranger.close();
  });
});

describe('ids', () => {
  it('made in one moment share their time, and cannot be guessed from each other', async () => {
    const { id } = await createDataset(ada, randomUUID());
    const files = Array.from({ length: 60 }, (_, index) => ({
      fileName: `${index}.png`,
      bytes: blankPng(60 + index, 7),
    }));
    const results = await upload(ada, id, files);
    const uuids = results.map(({ image }) => uuidOf(image?.id ?? ''));
    // The last 40 bits. Steps between neighbours would repeat if they were counted.
    const tails = uuids.map((one) => parseInt(one.slice(-10), 16));
    const steps = tails.slice(1).map((tail, index) => tail - tails[index]!);
    expect(new Set(tails).size).toBe(uuids.length);
    expect(new Set(steps).size).toBe(steps.length);
    expect(Math.min(...steps.map(Math.abs))).toBeGreaterThan(1_000);
    const neighbour = uuids[0]!.slice(0, -1) + (uuids[0]!.endsWith('0') ? '1' : '0');
    expect((await ada.get(`/files/images/${neighbour}`)).status).toBe(404);
    expect((await ada.put(`/files/uploads/${neighbour}`, Buffer.from('x'))).status).toBe(404);
  });
});
