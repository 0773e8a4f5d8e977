import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import sharp from 'sharp';
import { ApiClient } from '../testing/apiClient';
import { ColourDataset } from '../testing/colourDataset';
import { colourPhotos } from '../testing/colourPhotos';
import { createDataset, photo, upload } from '../testing/factories';
import { startRun, train, waitForRun } from '../testing/runs';
import { ServerProcess } from '../testing/serverProcess';
import { waitUntil } from '../testing/waitUntil';

/** Work that ends its worker: real worker processes are killed in the middle of it. */
jest.setTimeout(180_000);
const root = join(__dirname, '..', '..');
let server: ServerProcess;
let ada: ApiClient;

beforeAll(async () => {
  execFileSync(process.execPath, [join(root, 'scripts', 'build.mjs'), 'server']);
  server = await ServerProcess.create();
  await server.start();
  ada = await ApiClient.signIn(server.url, 'Ada');
});
afterAll(() => server.remove());
beforeEach(() => server.unhook('deaths'));

async function embedded(datasetId: string): Promise<number> {
  const { dataset } = await ada.request<{ dataset: { counts: { embedded: number } } }>(
    'query ($id: ID!) { dataset(id: $id) { counts { embedded } } }',
    { id: datasetId },
  );
  return dataset.counts.embedded;
}

test('a run that ended its worker twice fails with its reason, and the next one is published', async () => {
  const colours = await ColourDataset.create(ada);
  await colours.labelEach(3);
  await server.hook('die-of-runs');
  const { run } = await startRun(ada, colours.id);
  const ended = await waitForRun(ada, run?.id ?? '');
  expect(ended.status).toBe('FAILED');
  expect(ended.failure).toContain('The worker process ended 2 times while it worked on this run');
  expect(await server.deaths()).toEqual(['run', 'run']);
  await server.unhook('die-of-runs');
  expect((await train(ada, colours.id)).status).toBe('PUBLISHED');
});

test('an image that ends its worker is given up, and all others are embedded', async () => {
  await server.hook('die-of-magenta');
  const { id } = await createDataset(ada, 'one hostile image');
  const solid = { width: 32, height: 32, channels: 3 as const, background: '#ff00ff' };
  const hostile = await sharp({ create: solid }).png().toBuffer();
  const good = await colourPhotos(30);
  const files = [...good.slice(0, 40), { fileName: 'x.png', bytes: hostile }, ...good.slice(40)];
  const results = await upload(ada, id, files);
  expect(results.every(({ image }) => image !== null)).toBe(true);
  await waitUntil(async () => (await embedded(id)) === good.length);
  expect(await server.deaths()).toEqual(['magenta', 'magenta']);

  // It is not taken up again, not by later work and not by the next start.
  await server.stop();
  await server.start();
  ada = new ApiClient(server.url, ada.token);
  await upload(ada, id, [{ fileName: 'later.jpg', bytes: await photo('later') }]);
  await waitUntil(async () => (await embedded(id)) === good.length + 1);
  expect(await server.deaths()).toHaveLength(2);
});
