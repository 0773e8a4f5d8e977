import { randomUUID } from 'node:crypto';
import { smallConvNet } from '../../../models/testing';
import { Lane } from '../../../shared/enums';
import type { ApiClient } from '../../testing/apiClient';
import {
  answerQuestions,
  goldQuestions,
  predictionQuestions,
  type BlindScene,
} from '../../testing/blindQuestions';
import {
  askAll,
  askAllLive,
  changedAnswers,
  plainId,
  readEvents,
  sameAnswers,
  type Answers,
  type Questions,
} from '../../testing/blindScene';
import { ColourDataset } from '../../testing/colourDataset';
import { colourNames } from '../../testing/colourPhotos';
import { leaseTasks, recordLabel, updateDataset } from '../../testing/labelling';
import { train } from '../../testing/runs';
import { startScene, type Scene } from '../../testing/scene';
import { waitUntilIdle } from '../../testing/waitUntilIdle';
import { toCursor } from '../events/event.ports';

/**
 * What a person learns must not depend on what is hidden from this person. Each test changes the
 * hidden part in the database and compares every answer before and after: the person who holds the
 * task must notice nothing, and somebody else must notice it in each answer.
 */

interface Task {
  leaseToken: string;
  blind: boolean;
  image: { id: string };
}

let scene: Scene;
let ada: ApiClient;
let bob: ApiClient;
let cleo: ApiClient;
let dan: ApiClient;
let colours: ColourDataset;
let known: BlindScene;

beforeAll(async () => {
  scene = await startScene({
    people: ['Ada', 'Bob', 'Cleo', 'Dan'],
    // Only a network with a feature map can explain its predictions.
    backbones: { 'conv.onnx': smallConvNet('channels first') },
    env: { LABELLOOP_LEASE_SECONDS: '3600' },
  });
  [ada, bob, cleo, dan] = scene.people as [ApiClient, ApiClient, ApiClient, ApiClient];
});
afterAll(() => scene.close());

beforeEach(async () => {
  const start = toCursor(await scene.server.container.events.now());
  colours = await ColourDataset.create(ada);
  await colours.labelEach(2);
  const previous = await train(ada, colours.id);
  await colours.labelEach(4);
  const run = await train(ada, colours.id);
  known = {
    datasetId: colours.id,
    imageId: '',
    otherId: colours.ofColour(colourNames[0] ?? '')[0]?.id ?? '',
    classIds: colours.dataset.classes.map(({ id }) => id).slice(0, 3),
    labelId: '',
    runId: run.id,
    previousRunId: previous.id,
    start,
  };
});

const sql = (text: string, values: unknown[]): Promise<unknown> =>
  scene.server.container.dataSource.query(text, values);

const lease = (client: ApiClient, count: number, lane = Lane.HARD) =>
  leaseTasks<Task>(client, { datasetId: colours.id, lane, count }, 'leaseToken blind image { id }');

const release = (client: ApiClient, tasks: readonly Task[]) =>
  client.request(
    'mutation ($t: [String!]!) { releaseTasks(input: { leaseTokens: $t }) { released } }',
    { t: tasks.map(({ leaseToken }) => leaseToken) },
  );

/** All answers over HTTP and websocket, and the events. */
async function everything(client: ApiClient, questions: Questions): Promise<Answers> {
  const live = await askAllLive(client, questions, known);
  return {
    ...(await askAll(client, questions, known)),
    ...Object.fromEntries(Object.entries(live).map(([name, text]) => [`${name} live`, text])),
    events: await readEvents(scene.server, client, known),
  };
}

/** Writes what the current and the previous run predict for the image, and its place in the queue. */
async function predict(
  imageId: string,
  current: { classId: string; confidence: number },
  previous: { classId: string; confidence: number },
  queued: { position: number; reason: string },
): Promise<void> {
  const other = known.classIds.find((id) => id !== current.classId) ?? '';
  for (const [runId, { classId, confidence }] of [
    [known.runId, current],
    [known.previousRunId, previous],
  ] as const)
    await sql(
      `UPDATE prediction SET class_id = $3::uuid, confidence = $4::real, margin = abs(2 * $4::real - 1),
         entropy = 1 - $4::real, top_class_ids = ARRAY[$3::uuid, $5::uuid],
         top_confidences = ARRAY[$4::real, 1 - $4::real]
       WHERE run_id = $1 AND image_id = $2`,
      [plainId(runId), plainId(imageId), plainId(classId), confidence, plainId(other)],
    );
  await sql(
    `UPDATE queue_entry SET position = $2, reason = $3 FROM dataset
     WHERE dataset.current_ordering_id = ordering_id AND image_id = $1`,
    [plainId(imageId), queued.position, queued.reason],
  );
}

const [first, second] = [0, 1] as const;
const sure = () =>
  predict(
    known.imageId,
    { classId: known.classIds[first] ?? '', confidence: 0.95 },
    { classId: known.classIds[second] ?? '', confidence: 0.6 },
    { position: 1_000_000, reason: 'UNCERTAIN' },
  );
const unsure = () =>
  predict(
    known.imageId,
    { classId: known.classIds[second] ?? '', confidence: 0.3 },
    { classId: known.classIds[first] ?? '', confidence: 0.9 },
    { position: 2_000_000, reason: 'COVER' },
  );

/** Puts an unlabelled image into the audit. */
async function startAudit(): Promise<void> {
  const { lanes, dataSource } = scene.server.container;
  const imageId = colours.ofColour(colourNames[0] ?? '').at(-1)?.id ?? '';
  const entry = { imageId: plainId(imageId), reason: {} };
  await lanes.put(dataSource.manager, plainId(colours.id), Lane.AUDIT, [entry]);
}

describe.each([Lane.AUDIT, Lane.HARD])('a blind task of the lane %s', (lane) => {
  let task: Task;

  beforeEach(async () => {
    if (lane === Lane.AUDIT) await startAudit();
    else await updateDataset(ada, colours.id, { blindShare: 1 });
    task = (await lease(bob, 1, lane))[0]!;
    expect(task.blind).toBe(true);
    known = { ...known, imageId: task.image.id };
    await updateDataset(ada, colours.id, { targetAccuracy: 0.9 });
    // The events are compared, so no job may add one.
    await waitUntilIdle(scene.server);
  });

  test('no answer depends on the model’s answer', async () => {
    await sure();
    const [bobsBefore, othersBefore] = [
      await everything(bob, predictionQuestions),
      await everything(cleo, predictionQuestions),
    ];
    await unsure();
    const [bobsAfter, othersAfter] = [
      await everything(bob, predictionQuestions),
      await everything(cleo, predictionQuestions),
    ];
    expect(changedAnswers(bobsBefore, bobsAfter)).toEqual([]);
    // The queue does not ask for images that wait for an audit, so it shows them to nobody.
    const queue = lane === Lane.AUDIT ? ['queue', 'queue live'] : [];
    expect(sameAnswers(othersBefore, othersAfter)).toEqual(queue);
  }, 60_000);

  test('everything is shown again after the answer', async () => {
    const { recordLabel: recorded } = await bob.request<{
      recordLabel: { image: { hidden: boolean; prediction: object | null } };
    }>(
      `mutation ($input: RecordLabelInput!) { recordLabel(input: $input) {
         image { hidden prediction { class { id } } } } }`,
      {
        input: {
          imageId: known.imageId,
          classId: known.classIds[0],
          leaseToken: task.leaseToken,
          clientMutationId: randomUUID(),
        },
      },
    );
    expect(recorded.image.hidden).toBe(false);
    expect(recorded.image.prediction).not.toBeNull();
    expect(
      changedAnswers(
        await askAll(bob, predictionQuestions, known),
        await askAll(cleo, predictionQuestions, known),
      ),
    ).toEqual([]);
  });

  test('explanations, similar images and exports are refused with what to do', async () => {
    const refusals = [
      ['query ($id: ID!) { explainPrediction(imageId: $id) { logit } }', known.imageId],
      ['query ($id: ID!) { similarImages(imageIds: [$id]) { similarity } }', known.imageId],
    ] as const;
    for (const [query, id] of refusals) {
      const { errors } = await bob.raw(query, { id });
      expect(errors?.[0]?.message).toContain('Answer or release it first.');
      expect((await cleo.raw(query, { id })).errors).toBeUndefined();
    }
    const create = `mutation ($id: ID!) { exportDataset(input: { datasetId: $id,
      include: LABELS_AND_PREDICTIONS }) { export { url } error { __typename message } } }`;
    const made = await cleo.request<{ exportDataset: { export: { url: string } } }>(create, {
      id: colours.id,
    });
    const refused = await bob.request<{ exportDataset: { export: null; error: object } }>(create, {
      id: colours.id,
    });
    expect(refused.exportDataset).toMatchObject({
      export: null,
      error: { __typename: 'InvalidState' },
    });
    expect((await bob.get(made.exportDataset.export.url)).status).toBe(400);
    await release(bob, [task]);
    expect((await bob.get(made.exportDataset.export.url)).status).toBe(200);
  });

  test('a lease that has ended cannot be renewed after a look at the prediction', async () => {
    await sql('UPDATE lease SET expires_at = clock_timestamp()', []);
    const { node } = await bob.request<{ node: { prediction: object | null } }>(
      'query ($id: ID!) { node(id: $id) { ... on Image { prediction { confidence } } } }',
      { id: known.imageId },
    );
    expect(node.prediction).not.toBeNull();
    const { renewLeases } = await bob.request<{ renewLeases: { tasks: object[] } }>(
      'mutation ($t: String!) { renewLeases(input: { leaseTokens: [$t] }) { tasks { blind } } }',
      { t: task.leaseToken },
    );
    expect(renewLeases.tasks).toEqual([]);
  });
});

test('a task that is leased later in the same request is hidden too', async () => {
  await updateDataset(ada, colours.id, { blindShare: 1 });
  const tasks = 'tasks { blind image { id prediction { class { id } } } }';
  const { a, b } = await bob.request<
    Record<'a' | 'b', { tasks: { blind: boolean; image: { prediction: object | null } }[] }>
  >(
    `mutation ($id: ID!) {
       a: leaseTasks(input: { datasetId: $id, lane: CONFIRM, count: 1 }) { ${tasks} }
       b: leaseTasks(input: { datasetId: $id, lane: HARD, count: 1 }) { ${tasks} } }`,
    { id: colours.id },
  );
  expect(a.tasks[0]?.blind).toBe(false);
  expect(a.tasks[0]?.image.prediction).not.toBeNull();
  expect(b.tasks[0]).toMatchObject({ blind: true, image: { prediction: null } });
});

test('a repeated answer does not show what a new task for the image hides', async () => {
  await updateDataset(ada, colours.id, { blindShare: 1 });
  const [task] = await lease(bob, 1);
  const input = {
    imageId: task?.image.id,
    classId: known.classIds[0],
    leaseToken: task?.leaseToken,
    clientMutationId: randomUUID(),
  };
  const answer = async () =>
    (
      await bob.request<{
        recordLabel: { label: { id: string }; image: { prediction: object | null } };
      }>(
        `mutation ($input: RecordLabelInput!) { recordLabel(input: $input) {
           label { id } image { prediction { class { id } } } } }`,
        { input },
      )
    ).recordLabel;
  const { label, image } = await answer();
  expect(image.prediction).not.toBeNull();
  await bob.request(
    'mutation ($input: UndoLabelInput!) { undoLabel(input: $input) { label { id } } }',
    { input: { labelId: label.id, clientMutationId: randomUUID() } },
  );
  expect((await lease(bob, 50)).map((one) => one.image.id)).toContain(input.imageId);
  expect((await answer()).image.prediction).toBeNull();
});

describe('a second opinion', () => {
  let task: Task;

  beforeEach(async () => {
    await updateDataset(ada, colours.id, { overlapMode: 'SHARE', overlap: 3, overlapShare: 1 });
    const imageId = colours.ofColour(colourNames[0] ?? '')[3]?.id ?? '';
    const classId = known.classIds[first];
    await recordLabel(dan, { imageId, classId });
    await updateDataset(ada, colours.id, { targetAccuracy: 0.9 });
    task = (await lease(bob, 100)).find(({ image }) => image.id === imageId)!;
    const { node } = await cleo.request<{
      node: { labels: { id: string; person: { name: string } }[] };
    }>('query ($id: ID!) { node(id: $id) { ... on Image { labels { id person { name } } } } }', {
      id: imageId,
    });
    const labelId = node.labels.find(({ person }) => person.name === 'Ada')?.id ?? '';
    known = { ...known, imageId, labelId };
    await setReview(first);
    await waitUntilIdle(scene.server);
  });

  const setReview = async (given: number) => {
    const { lanes, dataSource } = scene.server.container;
    const givenClassId = plainId(known.classIds[given] ?? '');
    const reason = { kind: 'LABEL_ERROR', score: 0.7, givenClassId, suggestedClassId: null };
    await sql('DELETE FROM lane_entry WHERE image_id = $1', [plainId(known.imageId)]);
    const entry = { imageId: plainId(known.imageId), reason };
    await lanes.put(dataSource.manager, plainId(colours.id), Lane.REVIEW, [entry]);
  };

  /** Changes Ada's answer, and the consensus with it. */
  const answerAs = async (chosen: number) => {
    const classId = plainId(known.classIds[chosen] ?? '');
    const label = plainId(known.labelId);
    await sql('UPDATE label SET class_id = $2 WHERE id = $1', [label, classId]);
    await sql('ALTER TABLE label_event DISABLE TRIGGER USER', []);
    await sql('UPDATE label_event SET class_id = $2 WHERE label_id = $1', [label, classId]);
    await sql('ALTER TABLE label_event ENABLE TRIGGER USER', []);
    await sql('UPDATE image SET consensus_class_id = $2 WHERE id = $1', [
      plainId(known.imageId),
      classId,
    ]);
    await sql(
      `UPDATE lane_entry SET reason = reason || jsonb_build_object('givenClassId', $2::text)
      WHERE image_id = $1`,
      [plainId(known.imageId), classId],
    );
  };

  test('no answer depends on the answers of others', async () => {
    expect(task.blind).toBe(false);
    await answerAs(first);
    const [bobsBefore, othersBefore] = [
      await everything(bob, answerQuestions),
      await everything(cleo, answerQuestions),
    ];
    await answerAs(second);
    const [bobsAfter, othersAfter] = [
      await everything(bob, answerQuestions),
      await everything(cleo, answerQuestions),
    ];
    expect(changedAnswers(bobsBefore, bobsAfter)).toEqual([]);
    expect(sameAnswers(othersBefore, othersAfter)).toEqual([]);
    // Every question is asked four times.
  }, 60_000);

  test('another person’s answer is no event until the task ends', async () => {
    const bobsBefore = await readEvents(scene.server, bob, known);
    const othersBefore = await readEvents(scene.server, cleo, known);
    expect(othersBefore).toContain(known.imageId);
    expect(bobsBefore).not.toContain(`"image":{"id":"${known.imageId}"`);
    await release(bob, [task]);
    expect(await readEvents(scene.server, bob, known)).toContain(
      `"image":{"id":"${known.imageId}"`,
    );
  });
});

describe('a gold image', () => {
  const setGold = (client: ApiClient, imageId: string, classId = known.classIds[first]) =>
    client.request<{ setGoldImage: { error: { __typename: string } | null } }>(
      `mutation ($input: SetGoldImageInput!) { setGoldImage(input: $input) { error { __typename } } }`,
      { input: { imageId, classId } },
    );

  test.each(['without', 'with'])(
    '%s an answer looks like any other to annotators',
    async (kind) => {
      const imageId = colours.ofColour(colourNames[0] ?? '')[8]?.id ?? '';
      if (kind === 'with') await recordLabel(dan, { imageId, classId: known.classIds[second] });
      known = { ...known, imageId };
      // A later label, so that the order of labelling changes if the gold image becomes the newest.
      const later = colours.ofColour(colourNames[1] ?? '')[8]?.id ?? '';
      await recordLabel(dan, { imageId: later, classId: known.classIds[second] });
      const [bobsBefore, adasBefore] = [
        await askAll(bob, goldQuestions, known),
        await askAll(ada, goldQuestions, known),
      ];
      expect((await setGold(ada, imageId)).setGoldImage.error).toBeNull();
      const [bobsAfter, adasAfter] = [
        await askAll(bob, goldQuestions, known),
        await askAll(ada, goldQuestions, known),
      ];
      expect(changedAnswers(bobsBefore, bobsAfter)).toEqual([]);
      // It had a label before, so that only its class, its time and its kind have changed.
      const unchanged = ['labelled', 'unlabelled', 'split', 'predictedUnlabelled'];
      expect(sameAnswers(adasBefore, adasAfter)).toEqual(
        kind === 'with' ? unchanged : ['annotators'],
      );
    },
  );

  test('is set and removed by reviewers only', async () => {
    const { imageId } = { imageId: known.otherId };
    expect((await setGold(bob, imageId)).setGoldImage.error?.__typename).toBe('Forbidden');
    await setGold(ada, imageId);
    const remove = async (client: ApiClient) =>
      (
        await client.request<{ removeGoldImage: { error: { __typename: string } | null } }>(
          'mutation ($id: ID!) { removeGoldImage(imageId: $id) { error { __typename } } }',
          { id: imageId },
        )
      ).removeGoldImage.error?.__typename;
    expect(await remove(bob)).toBe('Forbidden');
    expect(await remove(ada)).toBeUndefined();
  });
});
