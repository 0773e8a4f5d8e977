import { spawn, execFileSync, type ChildProcess } from 'node:child_process';
import { randomInt, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../processes/freePort';
import { ApiClient } from '../testing/apiClient';
import { createDataset, uploadPhotos, type TestDataset } from '../testing/factories';
import { waitUntil } from '../testing/waitUntil';

const root = join(__dirname, '..', '..');
const repetitions = 5;
const people = ['Ada', 'Bob', 'Cleo'];

/** The acknowledged labels of one person: label id by image. */
type Acknowledged = Map<string, string>;

let dataFolder: string;
let server: ChildProcess | undefined;
let url: string;

async function start(): Promise<void> {
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  server = spawn(process.execPath, [join(root, 'dist', 'server', 'app', 'main.js')], {
    env: {
      ...process.env,
      DATABASE_URL: undefined,
      LABELLOOP_DATA: dataFolder,
      LABELLOOP_PORT: String(port),
      LABELLOOP_LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  await waitUntil(() =>
    fetch(`${url}/readyz`).then(
      (response) => response.ok,
      () => false,
    ),
  );
}

beforeAll(async () => {
  execFileSync(process.execPath, [join(root, 'scripts', 'build.mjs'), 'server']);
  dataFolder = await mkdtemp(join(tmpdir(), 'labelloop-crash-'));
  await chmod(dataFolder, 0o755);
  await start();
}, 90_000);

afterAll(async () => {
  if (server?.exitCode === null && server.signalCode === null) {
    server.kill('SIGTERM');
    await once(server, 'exit');
  }
  await rm(dataFolder, { recursive: true, force: true });
});

/** Labels until the server is killed. No acknowledged label may be lost. */
async function labelUntilKilled(
  client: ApiClient,
  dataset: TestDataset,
  onLabel: () => void,
): Promise<Acknowledged> {
  const acknowledged: Acknowledged = new Map();
  try {
    for (;;) {
      const { leaseTasks } = await client.request<{
        leaseTasks: { tasks: { leaseToken: string; image: { id: string; version: number } }[] };
      }>(
        `mutation ($id: ID!) { leaseTasks(input: { datasetId: $id, count: 3 }) { tasks { leaseToken image { id version } } } }`,
        { id: dataset.id },
      );
      for (const { leaseToken, image } of leaseTasks.tasks) {
        const { recordLabel } = await client.request<{
          recordLabel: { label: { id: string } | null };
        }>(
          `mutation ($input: RecordLabelInput!) { recordLabel(input: $input) { label { id } error { message } } }`,
          {
            input: {
              imageId: image.id,
              classId: dataset.classes[acknowledged.size % 2]?.id,
              leaseToken,
              expectedVersion: image.version,
              clientMutationId: randomUUID(),
            },
          },
        );
        if (recordLabel.label) acknowledged.set(image.id, recordLabel.label.id);
        onLabel();
      }
    }
  } catch {
    return acknowledged;
  }
}

async function labelsOf(client: ApiClient, dataset: TestDataset): Promise<Map<string, string[]>> {
  const { dataset: found } = await client.request<{
    dataset: { images: { nodes: { id: string; labels: { id: string }[] }[] } };
  }>(
    `query ($id: ID!) { dataset(id: $id) { images(first: 500, filter: { labelled: true }) { nodes { id labels { id } } } } }`,
    { id: dataset.id },
  );
  return new Map(found.images.nodes.map(({ id, labels }) => [id, labels.map((label) => label.id)]));
}

test.each(Array.from({ length: repetitions }, (_, index) => index + 1))(
  'kill -9 while three people label loses no acknowledged label and doubles none (%i)',
  async (repetition) => {
    const clients = await Promise.all(people.map((name) => ApiClient.signIn(url, name)));
    const [ada] = clients as [ApiClient];
    const dataset = await createDataset(ada, `crash ${repetition}`);
    await uploadPhotos(ada, dataset.id, 150);
    const killAfter = randomInt(10, 60);
    let count = 0;
    const killed = server ? once(server, 'exit') : Promise.resolve();
    const results = await Promise.all(
      clients.map((client) =>
        labelUntilKilled(client, dataset, () => {
          if (++count === killAfter) server?.kill('SIGKILL');
        }),
      ),
    );
    await killed;
    await start();
    const acknowledged = new Map(results.flatMap((result) => [...result]));
    const stored = await labelsOf(new ApiClient(url, ada.token), dataset);
    expect(acknowledged.size).toBeGreaterThanOrEqual(killAfter - people.length);
    for (const [imageId, labelId] of acknowledged) expect(stored.get(imageId)).toEqual([labelId]);
    for (const labels of stored.values()) expect(labels).toHaveLength(1);
  },
  90_000,
);
