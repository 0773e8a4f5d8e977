import { fromGlobalId } from '../../graphql/globalId';
import type { ApiClient } from '../../testing/apiClient';
import { createDataset, uploadPhotos, type TestDataset } from '../../testing/factories';
import { startScene, type Scene } from '../../testing/scene';
import type { TestServer } from '../../testing/testServer';
import { waitUntil } from '../../testing/waitUntil';

let scene: Scene;
let server: TestServer;
let ada: ApiClient;

beforeAll(async () => {
  scene = await startScene();
  ({ server } = scene);
  [ada] = scene.people as [ApiClient];
});
afterAll(() => scene.close());

const query = <T>(sql: string, values: unknown[] = []) =>
  server.container.dataSource.query<T[]>(sql, values);
const rawId = ({ id }: TestDataset) => fromGlobalId('Dataset', id);

async function waitUntilEmbedded(dataset: TestDataset, count: number): Promise<void> {
  await waitUntil(async () => {
    const { dataset: found } = await ada.request<{ dataset: { counts: { embedded: number } } }>(
      'query ($id: ID!) { dataset(id: $id) { counts { embedded } } }',
      { id: dataset.id },
    );
    return found.counts.embedded === count;
  });
}

test('images stored in bursts while others are being embedded are all embedded', async () => {
  const dataset = await createDataset(ada, 'bursts');
  const sizes = [1, 20, 3, 70, 2, 24];
  const bursts = sizes.map(async (size, burst) => {
    const { id } = await createDataset(ada, `burst ${burst}`);
    // The images of every dataset differ, because the seed is its id.
    await uploadPhotos(ada, id, size);
    return uploadPhotos(ada, dataset.id, size);
  });
  const stored = new Set((await Promise.all(bursts)).flat());
  // The photos of a dataset repeat in a cycle.
  expect(stored.size).toBe(Math.max(...sizes));
  await waitUntilEmbedded(dataset, stored.size);
}, 90_000);

test('what a failed job had claimed is embedded all the same', async () => {
  await query('ALTER TABLE embedding ADD CONSTRAINT no_room CHECK (false) NOT VALID');
  const dataset = await createDataset(ada, 'failed');
  await uploadPhotos(ada, dataset.id, 5);
  await waitUntil(async () => {
    const failed = await query(
      `SELECT 1 FROM pgboss.job WHERE name = 'embed' AND singleton_key = $1 AND state IN ('retry', 'failed')`,
      [rawId(dataset)],
    );
    return failed.length > 0;
  });
  const waiting = await query('SELECT 1 FROM embedding_pending WHERE dataset_id = $1', [
    rawId(dataset),
  ]);
  expect(waiting).toHaveLength(5);
  await query('ALTER TABLE embedding DROP CONSTRAINT no_room');
  await waitUntilEmbedded(dataset, 5);
}, 20_000);

test('what a lost job left behind is found although another look for such work fails', async () => {
  const { backboneChanges, dataSource } = server.container;
  const dataset = await createDataset(ada, 'lost');
  await uploadPhotos(ada, dataset.id, 5);
  await waitUntilEmbedded(dataset, 5);
  // A change of the backbone that no worker can continue.
  const advanceAll = backboneChanges.advanceAll.bind(backboneChanges);
  backboneChanges.advanceAll = () => Promise.reject(new Error('nobody knows this backbone'));
  await dataSource.transaction(async (manager) => {
    await manager.query(
      `INSERT INTO embedding_pending (image_id, backbone_id, dataset_id, ordinal)
       SELECT image_id, backbone_id, dataset_id, ordinal FROM embedding WHERE dataset_id = $1`,
      [rawId(dataset)],
    );
    await manager.query('DELETE FROM embedding WHERE dataset_id = $1', [rawId(dataset)]);
  });
  await waitUntilEmbedded(dataset, 5);
  backboneChanges.advanceAll = advanceAll;
}, 20_000);
