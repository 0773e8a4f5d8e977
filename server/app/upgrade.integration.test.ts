/**
 * Opens the data folder that a released version left behind, and loses nothing of it. The fixture is
 * that folder as it lay on disk after the server had stopped: the PostgreSQL cluster, images, trained
 * networks, features and a checkpoint; and what the release answered through the public API.
 * `server/testing/upgrade/makeFixture.ts` makes it with the release itself.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { colourPhotos } from '../testing/colourPhotos';
import { upload } from '../testing/factories';
import {
  mutate,
  poll,
  startRun,
  waitForRuns,
  waitUntilEmbedded,
  type Answer,
} from '../testing/upgrade/calls';
import { fixtureNames } from '../testing/upgrade/fixture';
import { OpenedFixture } from '../testing/upgrade/openedFixture';
import { readDataset, readEvents, readExport, readFiles } from '../testing/upgrade/readDataset';

const checkout = join(__dirname, '..', '..');
const startTimeoutMs = 240_000;
jest.setTimeout(180_000);

beforeAll(() => {
  execFileSync(process.execPath, [join(checkout, 'scripts', 'build.mjs'), 'server']);
}, startTimeoutMs);

let opened: OpenedFixture;
const close = (fixture: OpenedFixture | undefined) => fixture?.close();

describe.each(fixtureNames())('a data folder of version %s, before a worker runs', (name) => {
  beforeAll(async () => {
    opened = await OpenedFixture.open(name, checkout, 'api');
  }, startTimeoutMs);
  afterAll(() => close(opened), startTimeoutMs);

  const expectNoChange = async () =>
    expect(await opened.now('colours')).toEqual(opened.before('colours'));

  test('shows its datasets as they were: images, labels, runs, queue, certificates', async () => {
    for (const [id, state] of Object.entries(opened.expected.datasets))
      expect(await readDataset(opened.ada, id)).toEqual(state);
  });

  test('serves the same images, thumbnails and exports', async () => {
    for (const [id, files] of Object.entries(opened.expected.files))
      expect(await readFiles(opened.ada, id)).toEqual(files);
    for (const [id, files] of Object.entries(opened.expected.exports))
      expect(await readExport(opened.ada, id)).toEqual(files);
  });

  test('replays the events after an old cursor, without gaps or repeats', async () => {
    const { after, events } = opened.expected.events;
    const read = (cursor: string, count: number) =>
      readEvents(opened.ada, opened.idOf('colours'), cursor, count);
    expect(await read(after, events.length)).toEqual(events);
    const middle = Math.floor(events.length / 2);
    const rest = events.slice(middle);
    expect(await read(events[middle - 1]!.cursor, rest.length)).toEqual(rest);
  });

  test('counts an answer that is sent again once, and refuses its id for another', async () => {
    const { answers } = opened.expected;
    for (const answer of answers)
      expect(await opened.sendAgain(answer)).toEqual({
        label: { id: answer.labelId },
        error: null,
      });
    const [first] = answers as [Answer];
    const other = answers.find(({ imageId }) => imageId !== first.imageId)!;
    const { imageId, classId } = other;
    const { error } = await opened.sendAgain({ ...first, imageId, classId });
    expect(error?.__typename).toBe('IdempotencyMismatch');
    await expectNoChange();
  });

  test('counts an undo that is sent again once', async () => {
    const undone = opened.expected.answers.filter(({ undoneBy }) => undoneBy);
    expect(undone.length).toBeGreaterThan(0);
    for (const { person, labelId, undoneBy } of undone) {
      const input = { labelId, clientMutationId: undoneBy };
      const selection = 'label { id inForce }';
      const payload = await mutate(opened.person(person), 'undoLabel', input, selection);
      expect(payload).toMatchObject({ label: { id: labelId, inForce: false } });
    }
    await expectNoChange();
  });
});

describe.each(fixtureNames())('a data folder of version %s, with a worker', (name) => {
  beforeAll(async () => {
    opened = await OpenedFixture.open(name, checkout, 'all');
  }, startTimeoutMs);
  afterAll(() => close(opened), startTimeoutMs);

  test('does the jobs that waited: images to embed, a zip to unpack, a run', async () => {
    const before = opened.before('waiting');
    const imported = 6;
    const queued = { retrainRuns: { nodes: [{ status: 'QUEUED' }] } };
    expect(before).toMatchObject({ ...queued, imports: [{ status: 'WAITING' }] });
    const images = before.counts.images + imported;
    await poll(
      () => opened.now('waiting'),
      ({ counts }) => counts.images === images,
    );
    await waitUntilEmbedded(opened.ada, opened.idOf('waiting'));
    await waitForRuns(opened.ada, opened.idOf('waiting'));
    const after = await poll(
      () => opened.now('waiting'),
      ({ counts, imports }) => counts.predicted === images && imports[0]?.status !== 'RUNNING',
    );
    expect(after).toMatchObject({
      imports: [{ status: 'DONE', imagesAdded: imported, labelsAdded: imported }],
      currentRun: { number: 1 },
    });
  });

  test('goes on with the training that was stopped, and repeats none of its epochs', async () => {
    const [stopped] = opened.before('networks').retrainRuns.nodes;
    expect(stopped).toMatchObject({ status: 'RUNNING', attempt: 1 });
    await waitForRuns(opened.ada, opened.idOf('networks'));
    const [run] = (await opened.now('networks')).retrainRuns.nodes;
    expect(run).toMatchObject({ id: stopped?.id, status: 'PUBLISHED', attempt: 2 });
    const before = stopped?.training?.epochs ?? [];
    const after = run?.training?.epochs ?? [];
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.length).toBeGreaterThan(before.length);
  });

  test('predicts a new image with the old model', async () => {
    const number = opened.before('colours').currentRun?.number;
    const photos = await colourPhotos(40);
    const { bytes } = photos.find(({ fileName }) => fileName === 'red/39.jpg')!;
    const file = { fileName: 'new.jpg', bytes };
    const [stored] = await upload(opened.ada, opened.idOf('colours'), [file]);
    const prediction = async () => {
      const { images } = await opened.now('colours');
      return images.nodes.find(({ id }) => id === stored?.image?.id)?.prediction;
    };
    const expected = { class: { name: 'crimson' }, run: { number } };
    expect(await poll(prediction, Boolean)).toMatchObject(expected);
  });

  test('makes an earlier run current', async () => {
    const [newest] = opened.before('colours').retrainRuns.nodes;
    await mutate(opened.ada, 'makeRunCurrent', { id: newest?.id }, 'run { id }');
    const { currentRun } = await opened.now('colours');
    expect(currentRun?.number).toBe(newest?.number);
  });

  test('takes a new label, and fits a new run on it and on the old ones', async () => {
    const before = await opened.now('colours');
    const image = before.images.nodes.find(({ consensus }) => consensus === null)!;
    const labelled = before.images.nodes.filter(({ consensus }) => consensus !== null).length;
    const classId = before.classes.find(({ archived }) => !archived)?.id;
    const input = { imageId: image.id, classId, clientMutationId: 'after the upgrade' };
    await mutate(opened.ada, 'recordLabel', input, 'label { id }');
    await startRun(opened.ada, { datasetId: opened.idOf('colours') });
    await waitForRuns(opened.ada, opened.idOf('colours'));
    const [run] = (await opened.now('colours')).retrainRuns.nodes;
    expect(run).toMatchObject({ status: 'PUBLISHED', labelCount: labelled + 1 });
  });
});
