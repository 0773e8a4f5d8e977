import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../processes/freePort';
import { compiledFile } from '../../../models/compiled';
import { lockRow } from '../../database/rowLock';
import { parseGlobalId } from '../../graphql/globalId';
import { ApiClient } from '../../testing/apiClient';
import { waitForEvent } from '../../testing/events';
import { createDataset, uploadPhotos, type TestDataset } from '../../testing/factories';
import { recordLabel } from '../../testing/labelling';
import { startTestServer, type TestServer } from '../../testing/testServer';
import { waitUntil } from '../../testing/waitUntil';
import { Image } from '../images/image.entity';

/** PostgreSQL ends a transaction that does nothing after 5 seconds. */
jest.setTimeout(30_000);

let server: TestServer;
let other: ChildProcess;
let otherUrl: string;
let home: string;
let ada: ApiClient;
let dataset: TestDataset;
let images: string[];

beforeAll(async () => {
  server = await startTestServer();
  ada = await server.person('Ada');
  dataset = await createDataset(ada, 'stopped');
  images = await uploadPhotos(ada, dataset.id, 3);
  home = await mkdtemp(join(tmpdir(), 'labelloop-stopped-'));
  const port = await freePort();
  otherUrl = `http://127.0.0.1:${port}`;
  other = spawn(process.execPath, [compiledFile(join(__dirname, '..', '..', 'app'), 'main.js')], {
    env: {
      ...process.env,
      LABELLOOP_ROLE: 'api',
      LABELLOOP_DATA: home,
      LABELLOOP_HOST: '127.0.0.1',
      LABELLOOP_PORT: String(port),
      DATABASE_URL: server.databaseUrl,
    },
    stdio: 'ignore',
  });
  const isReady = () =>
    fetch(`${otherUrl}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  await waitUntil(isReady);
});
afterAll(async () => {
  other.kill('SIGKILL');
  await once(other, 'exit');
  await server.close();
  await rm(home, { recursive: true });
});

const waitsForLock = async () => {
  const waiting: unknown[] = await server.container.dataSource.query(
    `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return waiting.length > 0;
};

test('a process that stops in the middle of a label delays the events of others for a few seconds, not until it continues', async () => {
  const [blocked = '', free = ''] = images;
  const [cat] = dataset.classes;
  const bob = await ApiClient.signIn(otherUrl, 'Bob');
  const runner = server.container.dataSource.createQueryRunner();
  await runner.startTransaction();
  await lockRow(runner.manager, Image, parseGlobalId(blocked)?.id ?? '');
  const lost = recordLabel(bob, { imageId: blocked, classId: cat!.id }).catch(() => 'lost');
  await waitUntil(waitsForLock);
  other.kill('SIGSTOP');
  // The stopped process gets the lock, and does nothing with it.
  await runner.commitTransaction();
  await runner.release();
  const input = { imageId: free, classId: cat!.id, clientMutationId: randomUUID() };
  await waitForEvent(
    server,
    dataset.id,
    () => recordLabel(ada, input),
    ({ type }) => type === 'label.recorded',
  );
  // PostgreSQL has ended its transaction, so the image is free again.
  await recordLabel(ada, { imageId: blocked, classId: cat!.id });
  other.kill('SIGCONT');
  expect(await lost).toBe('lost');
});
