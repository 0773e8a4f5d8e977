import { fromGlobalId } from '../../../graphql/globalId';
import type { ApiClient } from '../../../testing/apiClient';
import { ColourDataset } from '../../../testing/colourDataset';
import { startRun, waitForRun } from '../../../testing/runs';
import { startScene, type Scene } from '../../../testing/scene';

let scene: Scene;
let ada: ApiClient;
let photos: ColourDataset;

beforeAll(async () => {
  scene = await startScene();
  [ada] = scene.people as [ApiClient];
});
afterAll(() => scene.close());

/** Starts a run and waits for its end. @returns it, and the number of the dataset's current run */
async function run() {
  const { run: started } = await startRun(ada, photos.id);
  const ended = await waitForRun(ada, started?.id ?? '');
  const { dataset } = await ada.request<{ dataset: { currentRun: { number: number } | null } }>(
    'query ($id: ID!) { dataset(id: $id) { currentRun { number } } }',
    { id: photos.id },
  );
  return { ...ended, current: dataset.currentRun?.number };
}

test('a model that damaged embeddings made useless is not published until a person insists', async () => {
  photos = await ColourDataset.create(ada, { photosPerClass: 14 });
  await photos.labelEach(10);
  expect(await run()).toMatchObject({ number: 1, status: 'PUBLISHED', current: 1 });
  await scene.server.container.dataSource.query(
    `UPDATE embedding SET vector = decode(repeat('00', octet_length(vector)), 'hex'),
       tx = pg_current_xact_id() WHERE dataset_id = $1`,
    [fromGlobalId('Dataset', photos.id)],
  );
  const refused = await run();
  expect(refused).toMatchObject({ number: 2, status: 'FAILED', current: 1 });
  expect(refused.failure).toMatch(
    /^The new model was not published, because it is right on \d+ % of the labels that it learned from, and the current model on 100 %\./,
  );
  expect(await run()).toMatchObject({ number: 3, status: 'PUBLISHED', current: 3 });
});
