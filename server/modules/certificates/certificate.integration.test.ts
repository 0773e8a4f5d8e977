import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { fromBufferPromise } from 'yauzl';
import { Lane } from '../../../shared/enums';
import { parseGlobalId } from '../../graphql/globalId';
import { take, type ApiClient } from '../../testing/apiClient';
import { colourNames, colourPhotos } from '../../testing/colourPhotos';
import { createDataset, upload, type TestDataset } from '../../testing/factories';
import { waitForEvent } from '../../testing/events';
import { train as trainRun } from '../../testing/runs';
import { recordLabel } from '../../testing/labelling';
import { startScene, type Scene } from '../../testing/scene';
import type { TestServer } from '../../testing/testServer';
import type { EventRecord } from '../events/event.ports';

interface Certificate {
  id: string;
  number: number;
  status: string;
  accepted: number;
  tolerated: number;
  remaining: number;
  audited: number;
  wrong: number;
  needed: number;
  saved: number;
  attemptAlpha: number;
  spent: boolean;
  voidReason: string | null;
  statement: string;
  stages: { audits: number; allowedWrong: number }[];
}
interface Plan {
  obstacle: string | null;
  remaining: number;
  attemptAlpha: number;
  alphaLeft: number;
  attemptsSpent: number;
  chosen: { threshold: number; accepted: number; expectedSaved: number } | null;
  curve: { accepted: number }[];
}
interface Task {
  leaseToken: string;
  blind: boolean;
  image: { id: string };
}
const fields = `id number status accepted tolerated remaining audited wrong needed saved attemptAlpha spent
  voidReason statement stages { audits allowedWrong }`;

let scene: Scene;
let server: TestServer;
let ada: ApiClient;
let bob: ApiClient;
let dataset: TestDataset;
let colours: Map<string, string>;

beforeAll(async () => {
  scene = await startScene({ people: ['Ada', 'Bob'] });
  ({ server } = scene);
  [ada, bob] = scene.people as [ApiClient, ApiClient];
});
afterAll(() => scene.close());

const classOf = (colour: string) => dataset.classes.find(({ name }) => name === colour)?.id ?? '';
const otherThan = (colour: string) =>
  classOf(colourNames.find((name) => name !== colour) ?? colour);

const record = (client: ApiClient, imageId: string, classId: string, leaseToken?: string) =>
  recordLabel(client, { imageId, classId, leaseToken });

const until = <T>(act: () => Promise<T>, isDone: (event: EventRecord, done: T) => boolean) =>
  waitForEvent(server, dataset.id, act, isDone);

/** Photos of three colours, six of them labelled, and a published run. */
async function ready(perColour = 15) {
  dataset = await createDataset(ada, randomUUID(), colourNames, 0);
  const photos = await colourPhotos(perColour);
  let embedded = 0;
  const stored = await until(
    () => upload(ada, dataset.id, photos),
    ({ type, payload }) => {
      if (type === 'images.embedded') embedded += 'count' in payload ? (payload.count ?? 0) : 0;
      return embedded === photos.length;
    },
  );
  colours = new Map(
    stored.map(({ image, fileName }) => [image?.id ?? '', fileName.split('/')[0] ?? '']),
  );
  const first = colourNames.flatMap((colour) =>
    [...colours].filter(([, own]) => own === colour).slice(0, 2),
  );
  await Promise.all(first.map(([id, colour]) => record(ada, id, classOf(colour))));
  await train();
}

const train = () => trainRun(ada, dataset.id);

const plan = async (more: { threshold?: number; epsilon?: number } = { epsilon: 0.2 }) =>
  (
    await ada.request<{ certificatePlan: Plan }>(
      `query ($id: ID!, $threshold: Float, $epsilon: Float) {
         certificatePlan(datasetId: $id, threshold: $threshold, epsilon: $epsilon) {
           obstacle remaining attemptAlpha alphaLeft attemptsSpent chosen { threshold accepted expectedSaved }
           curve { accepted } } }`,
      { id: dataset.id, ...more },
    )
  ).certificatePlan;

const start = async (threshold = 0, epsilon = 0.2) =>
  (
    await ada.request<{
      startCertificate: { certificate: Certificate | null; error: { message: string } | null };
    }>(
      `mutation ($input: StartCertificateInput!) { startCertificate(input: $input) {
         certificate { ${fields} } error { message } } }`,
      { input: { datasetId: dataset.id, threshold, epsilon } },
    )
  ).startCertificate;
const started = async () => (await start()).certificate!;

const cancel = async (id: string) =>
  (
    await ada.request<{
      cancelCertificate: { certificate: Certificate | null; error: { message: string } | null };
    }>(
      `mutation ($id: ID!) { cancelCertificate(input: { id: $id }) {
         certificate { ${fields} } error { message } } }`,
      { id },
    )
  ).cancelCertificate;

const all = async () =>
  (
    await ada.request<{ dataset: { certificates: Certificate[] } }>(
      `query ($id: ID!) { dataset(id: $id) { certificates { ${fields} } } }`,
      { id: dataset.id },
    )
  ).dataset.certificates;
const setAlpha = async (certificateAlpha: number) =>
  (
    await ada.request<{
      updateDataset: {
        dataset: { certificateAlpha: number } | null;
        error: { message: string } | null;
      };
    }>(
      `mutation ($input: UpdateDatasetInput!) { updateDataset(input: $input) {
         dataset { certificateAlpha } error { message } } }`,
      { input: { id: dataset.id, certificateAlpha } },
    )
  ).updateDataset;
const epsilonOf = async () =>
  (
    await ada.request<{ dataset: { certificateEpsilon: number } }>(
      'query ($id: ID!) { dataset(id: $id) { certificateEpsilon } }',
      { id: dataset.id },
    )
  ).dataset.certificateEpsilon;
const newest = async () => (await all())[0]!;
const review = () => server.container.certificateAudits.review(parseGlobalId(dataset.id)?.id ?? '');
const reviewed = () => review().then(newest);

async function lease(client: ApiClient, count = 1): Promise<Task[]> {
  const { leaseTasks } = await client.request<{ leaseTasks: { tasks: Task[] } }>(
    'mutation ($input: LeaseTasksInput!) { leaseTasks(input: $input) { tasks { leaseToken blind image { id } } } }',
    { input: { datasetId: dataset.id, lane: Lane.AUDIT, count } },
  );
  return leaseTasks.tasks;
}

/** Answers the waiting images of the lane, one after another, until it is empty. */
async function auditAll(clients: ApiClient[], answer: (colour: string, at: number) => string) {
  for (let at = 0; ; at++) {
    await review();
    const client = clients[at % clients.length] ?? ada;
    const [task] = await lease(client);
    if (!task) return at;
    expect(task.blind).toBe(true);
    await record(
      client,
      task.image.id,
      answer(colours.get(task.image.id) ?? '', at),
      task.leaseToken,
    );
  }
}
const rightly = (colour: string) => classOf(colour);

/** Reads the text files of a zip by name. */
async function unzip(response: Response): Promise<Map<string, string>> {
  const zip = await fromBufferPromise(Buffer.from(await response.arrayBuffer()));
  const files = new Map<string, string>();
  for await (const entry of zip.eachEntry())
    if (entry.fileName.endsWith('.json'))
      files.set(entry.fileName, await text(await zip.openReadStreamPromise(entry)));
  return files;
}

describe('a certificate', () => {
  it('is planned, audited blind by two people and issued; what it said beforehand holds', async () => {
    await ready();
    const before = await plan();
    expect(before).toMatchObject({ obstacle: null, remaining: 39, alphaLeft: 0.05 });
    expect(before.chosen!.expectedSaved).toBeGreaterThan(10);
    const { certificate } = await start(before.chosen!.threshold);
    expect(certificate).toMatchObject({
      status: 'AUDITING',
      number: 1,
      accepted: before.chosen!.accepted,
      audited: 0,
      spent: false,
    });
    expect((await plan()).obstacle).toBe('AUDIT_OPEN');
    expect(await epsilonOf()).toBe(0.2);
    const answers = await auditAll([ada, bob], rightly);
    const end = await newest();
    expect(end).toMatchObject({ status: 'ISSUED', wrong: 0, audited: end.stages[0]!.audits });
    expect(answers).toBe(end.audited);
    expect(end.saved).toBe(end.accepted - end.audited);
    expect(end.statement).toContain(`(${end.tolerated} of ${end.accepted})`);
    expect(end.statement).toContain('95 % confidence');
  });

  it('outlives later runs: it is tied to the classes that were frozen', async () => {
    await train();
    await train();
    await train();
    expect(await reviewed()).toMatchObject({ status: 'ISSUED' });
    const kept: { count: number }[] = await server.container.dataSource.query(
      'SELECT count(*)::int AS count FROM certificate_image WHERE certificate_id = $1',
      [parseGlobalId((await newest()).id)?.id],
    );
    expect(kept[0]?.count).toBe((await newest()).accepted);
  });

  it('is delivered with its statement, in the classes that were frozen', async () => {
    const { id, accepted, audited } = await newest();
    const { exportDataset } = await ada.request<{
      exportDataset: { export: { url: string; imageCount: number } };
    }>(
      'mutation ($input: ExportDatasetInput!) { exportDataset(input: $input) { export { url imageCount } } }',
      { input: { datasetId: dataset.id, include: 'LABELS_AND_PREDICTIONS', certificateId: id } },
    );
    // Six labels, and the images that the certificate covers, audited or not.
    expect(exportDataset.export.imageCount).toBe(6 + accepted);
    const files = await unzip(await ada.get(exportDataset.export.url));
    const document = JSON.parse(files.get('certificate.json') ?? '{}') as { audit: object };
    expect(document).toMatchObject({ status: 'ISSUED', accepted, audit: { audited, wrong: 0 } });
    const manifest = JSON.parse(files.get('manifest.json') ?? '{}') as {
      counts: { predicted: number };
      certificate: object;
    };
    expect(manifest.certificate).toEqual(document);
    expect(manifest.counts.predicted).toBe(accepted - audited);
  });

  it('is void once another threshold is tried, and the new promise has all of alpha', async () => {
    const second = await started();
    expect(second.attemptAlpha).toBeCloseTo(0.0375, 9);
    expect((await all())[1]).toMatchObject({ status: 'VOID', voidReason: 'NEW_THRESHOLD' });
  });

  it('delivers nothing while it does not hold', async () => {
    const { exportDataset } = await ada.request<{ exportDataset: { error: { message: string } } }>(
      'mutation ($input: ExportDatasetInput!) { exportDataset(input: $input) { error { message } } }',
      {
        input: {
          datasetId: dataset.id,
          include: 'LABELS_AND_PREDICTIONS',
          certificateId: (await newest()).id,
        },
      },
    );
    expect(exportDataset.error.message).toContain('not issued or is void');
  });

  it('costs nothing when it is cancelled before anybody answered', async () => {
    const { certificate } = await cancel((await newest()).id);
    expect(certificate).toMatchObject({ status: 'CANCELLED', spent: false });
    expect(await lease(ada)).toEqual([]);
    expect((await plan()).alphaLeft).toBeCloseTo(0.05, 9);
    expect((await cancel(certificate!.id)).error?.message).toContain('nothing to cancel');
  });

  it('has the alpha that its owner chose before the audit, and keeps it while the audit is open', async () => {
    expect(await setAlpha(0.1)).toEqual({ dataset: { certificateAlpha: 0.1 }, error: null });
    expect(await plan()).toMatchObject({ alphaLeft: 0.1, attemptsSpent: 0 });
    const open = await started();
    expect(open.attemptAlpha).toBeCloseTo(0.075, 9);
    expect(open.statement).toContain('90 %');
    expect((await setAlpha(0.05)).error?.message).toContain('while an audit is open');
    await cancel(open.id);
    expect((await setAlpha(0.05)).dataset).toEqual({ certificateAlpha: 0.05 });
  });

  it('is refused as soon as it is lost, and spends its part of alpha', async () => {
    const { attemptAlpha } = await started();
    const answers = await auditAll([ada], otherThan);
    const end = await newest();
    expect(end).toMatchObject({ status: 'REFUSED', spent: true, wrong: answers });
    expect(end.wrong).toBe(end.stages.at(-1)!.allowedWrong + 1);
    expect((await plan()).alphaLeft).toBeCloseTo(0.05 - attemptAlpha, 9);
    expect(await lease(bob)).toEqual([]);
  });

  it('cannot have another alpha after a refusal: neither more nor less, but the same is no change', async () => {
    expect((await plan()).attemptsSpent).toBe(1);
    for (const alpha of [0.1, 0.01])
      expect((await setAlpha(alpha)).error?.message).toContain(
        'It can change after a certificate is issued.',
      );
    expect((await setAlpha(0.05)).error).toBeNull();
    expect((await plan()).alphaLeft).toBeLessThan(0.05);
  });
});

test('a wrong answer of an audit counts, although it was undone and given again', async () => {
  await ready();
  await started();
  const [task] = await lease(ada);
  const colour = colours.get(task!.image.id) ?? '';
  const labelId = await record(ada, task!.image.id, otherThan(colour), task!.leaseToken);
  const input = { labelId, clientMutationId: randomUUID() };
  await ada.request(
    'mutation ($input: UndoLabelInput!) { undoLabel(input: $input) { label { id } } }',
    {
      input,
    },
  );
  await auditAll([ada], rightly);
  expect(await newest()).toMatchObject({ wrong: 1 });
});

describe('what a certificate stands on', () => {
  /** Issues the dataset's next certificate. */
  async function issued() {
    await started();
    await auditAll([ada], rightly);
    expect(await newest()).toMatchObject({ status: 'ISSUED' });
  }

  it('voids it when an audited label is taken back or contradicted, not when another image is labelled', async () => {
    await ready();
    await issued();
    const audited: { image_id: string; label_id: string }[] =
      await server.container.dataSource.query(
        `SELECT image_id, label_id FROM certificate_image WHERE label_id IS NOT NULL AND certificate_id = $1`,
        [parseGlobalId((await newest()).id)?.id],
      );
    const taken = new Set(audited.map((one) => one.image_id));
    const { images } = (
      await ada.request<{
        dataset: { images: { nodes: { id: string; consensus: object | null }[] } };
      }>(
        'query ($id: ID!) { dataset(id: $id) { images(first: 100) { nodes { id consensus { origin } } } } }',
        { id: dataset.id },
      )
    ).dataset;
    const free = images.nodes.find(
      ({ id, consensus }) => !consensus && !taken.has(parseGlobalId(id)?.id ?? ''),
    )!;
    await record(ada, free.id, rightly(colours.get(free.id) ?? ''));
    expect(await reviewed()).toMatchObject({ status: 'ISSUED' });
    const first = images.nodes.find(({ id }) => parseGlobalId(id)?.id === audited[0]?.image_id)!;
    await record(bob, first.id, otherThan(colours.get(first.id) ?? ''));
    expect(await reviewed()).toMatchObject({ status: 'VOID', voidReason: 'AUDIT_CHANGED' });
  });

  it('voids it when images are uploaded', async () => {
    await issued();
    // The next promise is a new one, so its alpha can be chosen.
    for (const alpha of [0.1, 0.05]) expect((await setAlpha(alpha)).error).toBeNull();
    const file = (await colourPhotos(16)).find(({ fileName }) => fileName === 'red/15.jpg')!;
    const [added] = await upload(ada, dataset.id, [file]);
    // A later audit may draw it, and then it needs an answer like the others.
    colours.set(added?.image?.id ?? '', 'red');
    expect(await reviewed()).toMatchObject({ status: 'VOID', voidReason: 'NEW_IMAGES' });
  });

  it('voids an open audit when the class list changes, and empties its lane; a new colour changes nothing', async () => {
    await started();
    await ada.request(
      'mutation ($id: ID!) { updateClass(input: { id: $id, color: "#123456" }) { error { message } } }',
      { id: classOf('red') },
    );
    expect(await reviewed()).toMatchObject({ status: 'AUDITING' });
    await ada.request(
      'mutation ($id: ID!) { addClass(input: { datasetId: $id, name: "violet" }) { error { message } } }',
      { id: dataset.id },
    );
    expect(await reviewed()).toMatchObject({ status: 'VOID', voidReason: 'CLASSES_CHANGED' });
    expect(await lease(ada)).toEqual([]);
  });
});

describe('the answers of an audit', () => {
  it('count only in the order drawn, only when given blind, and a skipped image comes again', async () => {
    await started();
    const [first, second, third] = await lease(ada, 3);
    await record(
      ada,
      second!.image.id,
      rightly(colours.get(second!.image.id)!),
      second!.leaseToken,
    );
    expect(await reviewed()).toMatchObject({ audited: 0, spent: true });
    await ada.request(
      'mutation ($token: String!) { skipTask(input: { leaseToken: $token }) { error { message } } }',
      { token: first!.leaseToken },
    );
    // Without a lease the person may have seen the prediction, so the image is asked again.
    await record(ada, third!.image.id, rightly(colours.get(third!.image.id)!));
    expect(await reviewed()).toMatchObject({ audited: 0 });
    const waiting = await lease(bob, 100);
    expect(waiting.map(({ image }) => image.id)).toContain(first!.image.id);
    expect(waiting.map(({ image }) => image.id)).toContain(third!.image.id);
    const again = waiting.find(({ image }) => image.id === first!.image.id)!;
    await record(bob, again.image.id, rightly(colours.get(again.image.id)!), again.leaseToken);
    expect(await reviewed()).toMatchObject({ audited: 2, wrong: 0 });
  });

  it('move the certificate at every client', async () => {
    const changes = bob.subscribe<{
      datasetEvents: { __typename: string; certificate: Certificate | null };
    }>(
      `subscription ($id: ID!) { datasetEvents(datasetId: $id) { __typename
         ... on CertificateChanged { certificate { ${fields} } } } }`,
      { id: dataset.id },
    );
    const before = await newest();
    // A change of an earlier certificate may still arrive.
    const heard = take(changes, 1, ({ data }) => data?.datasetEvents.certificate?.id === before.id);
    await cancel(before.id);
    const [event] = await heard;
    expect(event?.data?.datasetEvents.certificate).toMatchObject({
      id: before.id,
      status: 'CANCELLED',
    });
  });
});

describe('where there is nothing to certify', () => {
  it('says so without a model, with three images, and with a threshold nobody reaches', async () => {
    dataset = await createDataset(ada, randomUUID(), colourNames, 0);
    expect(await plan()).toMatchObject({ obstacle: 'NO_MODEL', chosen: null, curve: [] });
    expect((await start()).error?.message).toContain('no model yet');
    await ready(3);
    expect(await plan({ epsilon: 0.01 })).toMatchObject({
      obstacle: 'NOTHING_TO_SAVE',
      remaining: 3,
    });
    expect((await start(0, 0.01)).error?.message).toContain('saves nothing here');
    expect(await all()).toEqual([]);
    expect(await plan({ threshold: 1, epsilon: 0.2 })).toMatchObject({
      obstacle: 'NOTHING_TO_ACCEPT',
      chosen: null,
    });
  });

  it('refuses shares and thresholds that make no sense', async () => {
    expect((await start(2)).error?.message).toContain('between 0 and 1');
    expect((await start(0.5, 0)).error?.message).toContain('0.0001');
    await expect(plan({ epsilon: 0.9 })).rejects.toThrow('0.0001');
    for (const alpha of [-0.05, 0, 0.21, 1])
      expect((await setAlpha(alpha)).error?.message).toContain('0.2 (20 %)');
    expect((await setAlpha(0.2)).dataset).toEqual({ certificateAlpha: 0.2 });
  });
});
