import { parseGlobalId } from '../../../graphql/globalId';
import type { ApiClient } from '../../../testing/apiClient';
import { createDataset, photo, upload, type TestDataset } from '../../../testing/factories';
import { startTestServer, type TestServer } from '../../../testing/testServer';

interface Announced {
  tickets: { id: string; url: string }[] | null;
  error: { __typename: string; message: string; limit: number } | null;
}
const announce = async (client: ApiClient, { id: datasetId }: TestDataset, sizes: number[]) =>
  (
    await client.request<{ createUploads: Announced }>(
      `mutation ($input: CreateUploadsInput!) { createUploads(input: $input) {
         tickets { id url } error { __typename message ... on LimitExceeded { limit } } } }`,
      {
        input: {
          datasetId,
          files: sizes.map((byteSize, at) => ({ fileName: `${at}.jpg`, byteSize })),
        },
      },
    )
  ).createUploads;
const complete = (client: ApiClient, { tickets }: Announced) =>
  client.request(
    'mutation ($ids: [ID!]!) { completeUploads(input: { ticketIds: $ids }) { results { fileName } } }',
    {
      ids: tickets?.map(({ id }) => id),
    },
  );

describe('what one person may announce', () => {
  let server: TestServer;
  let ada: ApiClient;
  let bob: ApiClient;
  let dataset: TestDataset;

  beforeAll(async () => {
    server = await startTestServer({
      env: { LABELLOOP_OPEN_UPLOADS_PER_PERSON: '5', LABELLOOP_OPEN_GIB_PER_PERSON: '0.01' },
    });
    ada = await server.person('Ada');
    bob = await server.person('Bob');
    dataset = await createDataset(ada, 'announced');
  });
  afterAll(() => server.close());
  afterEach(() => server.container.dataSource.query('DELETE FROM upload_ticket'));

  test('open uploads are bounded per person, and completed ones are not open', async () => {
    const bytes = await photo('a');
    const open = await announce(ada, dataset, [bytes.length, 20, 20, 20]);
    expect(open.error).toBeNull();
    const refused = await announce(ada, dataset, [20, 20]);
    expect(refused.tickets).toBeNull();
    expect(refused.error).toMatchObject({ __typename: 'LimitExceeded', limit: 5 });
    expect(refused.error?.message).toContain('completeUploads');
    expect((await announce(bob, dataset, [20, 20])).error).toBeNull();
    await ada.put(open.tickets?.[0]?.url ?? '', bytes);
    await complete(ada, open);
    expect((await announce(ada, dataset, [20, 20])).error).toBeNull();
  });

  test('calls at once do not exceed it together', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => announce(ada, dataset, [20, 20])),
    );
    expect(answers.filter(({ tickets }) => tickets)).toHaveLength(2);
  });

  test('announced bytes that have not arrived are bounded per person', async () => {
    const mebibyte = 1024 * 1024;
    expect((await announce(ada, dataset, [6 * mebibyte])).error).toBeNull();
    const refused = await announce(ada, dataset, [6 * mebibyte]);
    expect(refused.error?.__typename).toBe('LimitExceeded');
    expect(refused.error?.message).toContain('Send the announced files first');
    expect((await announce(bob, dataset, [6 * mebibyte])).error).toBeNull();
  });

  test('an upload that sent nothing for an hour does not count', async () => {
    const mebibyte = 1024 * 1024;
    await announce(ada, dataset, [6 * mebibyte]);
    await server.container.dataSource.query(
      `UPDATE upload_ticket SET expires_at = expires_at - interval '61 minutes'`,
    );
    expect((await announce(ada, dataset, [6 * mebibyte])).error).toBeNull();
  });
});

describe('a disk without room', () => {
  let server: TestServer;
  let ada: ApiClient;
  let dataset: TestDataset;

  beforeAll(async () => {
    // No disk has a pebibyte, so the floor is above the present free space.
    server = await startTestServer({ env: { LABELLOOP_MIN_FREE_GIB: '1000000' } });
    ada = await server.person('Ada');
    dataset = await createDataset(ada, 'full');
  });
  afterAll(() => server.close());

  test('is told when files are announced', async () => {
    const { tickets, error } = await announce(ada, dataset, [100]);
    expect(tickets).toBeNull();
    expect(error?.__typename).toBe('LimitExceeded');
    expect(error?.message).toMatch(/room for 0\.00 GiB.*LABELLOOP_MIN_FREE_GIB/);
    await expect(
      upload(ada, dataset.id, [{ fileName: 'a.jpg', bytes: await photo(1) }]),
    ).rejects.toThrow('room for');
  });

  test('is told when bytes arrive for an earlier ticket', async () => {
    const { viewer } = await ada.request<{ viewer: { id: string } }>('{ viewer { id } }');
    const id = '0198c2a4-7a3b-7c1d-9e2f-1234567890ab';
    await server.container.dataSource.query(
      `INSERT INTO upload_ticket (id, dataset_id, user_id, file_name, byte_size, kind, labels_from_folders, held_out, expires_at)
       VALUES ($1, $2, $3, 'a.jpg', 100, 'IMAGE', false, false, now() + interval '1 hour')`,
      [id, parseGlobalId(dataset.id)?.id, parseGlobalId(viewer.id)?.id],
    );
    const response = await ada.put(`/files/uploads/${id}`, Buffer.alloc(100));
    expect(response.status).toBe(507);
    expect(await response.json()).toMatchObject({
      message: expect.stringContaining('room for') as string,
    });
  });
});
