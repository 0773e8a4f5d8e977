import { randomUUID } from 'node:crypto';
import { fromGlobalId } from '../../graphql/globalId';
import type { ApiClient } from '../../testing/apiClient';
import {
  adoptedImages,
  consensusDifferences,
  withoutMajority,
} from '../../testing/consensusDifferences';
import { createDataset, uploadPhotos, type TestDataset } from '../../testing/factories';
import { startScene, type Scene } from '../../testing/scene';

let scene: Scene;
let people: ApiClient[];
let dataset: TestDataset;
let imageIds: string[];

beforeAll(async () => {
  scene = await startScene({ people: ['Ada', 'Bob', 'Cyd'], worker: false });
  ({ people } = scene);
  dataset = await createDataset(people[0]!, 'consensus', ['cat', 'dog', 'cow']);
  imageIds = await uploadPhotos(people[0]!, dataset.id, 4);
});
afterAll(() => scene.close());

const query = <T>(sql: string, values: unknown[] = []) =>
  scene.server.container.dataSource.query<T[]>(sql, values);
const plainId = (id: string) => fromGlobalId('Image', id);

const differences = () => consensusDifferences(scene.server);

/** A linear congruential generator (Numerical Recipes), so that a failure can be repeated. */
function drawsOf(seed: number) {
  let state = seed;
  return <T>(choices: readonly T[]): T => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return choices[Math.floor((state / 2 ** 32) * choices.length)]!;
  };
}

interface Outcome {
  label: { id: string } | null;
  image: { version: number } | null;
}
const record = async (client: ApiClient, input: object) =>
  (
    await client.request<{ recordLabel: Outcome }>(
      `mutation ($input: RecordLabelInput!) { recordLabel(input: $input) {
         label { id } image { version } } }`,
      { input: { clientMutationId: randomUUID(), ...input } },
    )
  ).recordLabel;
const undo = (client: ApiClient, labelId: string) =>
  client.request(
    'mutation ($input: UndoLabelInput!) { undoLabel(input: $input) { label { id } } }',
    { input: { labelId, clientMutationId: randomUUID() } },
  );
const setGold = (imageId: string, classId: string) =>
  people[0]!.request(
    'mutation ($input: SetGoldImageInput!) { setGoldImage(input: $input) { image { id } } }',
    { input: { imageId, classId } },
  );
const removeGold = (imageId: string) =>
  people[0]!.request(
    'mutation ($imageId: ID!) { removeGoldImage(imageId: $imageId) { image { id } } }',
    { imageId },
  );

test.each([1, 2, 3])(
  'every consensus follows from its history after random actions (seed %i)',
  async (seed) => {
    const draw = drawsOf(seed);
    const given: { who: ApiClient; id: string }[] = [];
    const versions = new Map<string, number>();
    for (let step = 0; step < 150; step++) {
      const [who, imageId, one] = [draw(people), draw(imageIds), draw(dataset.classes)];
      const answer = { imageId, classId: one.id };
      const action = draw([
        'answer',
        'answer',
        'correct',
        'late',
        'late',
        'undo',
        'gold',
        'goldRemoved',
      ]);
      if (action === 'gold') await setGold(imageId, one.id);
      else if (action === 'goldRemoved') await removeGold(imageId);
      else if (action === 'undo' && given.length > 0) {
        const label = draw(given);
        await undo(label.who, label.id);
      } else {
        const more =
          action === 'late'
            ? { leaseToken: randomUUID() }
            : action === 'correct'
              ? { expectedVersion: versions.get(imageId) ?? 0 }
              : {};
        const { label, image } = await record(who, { ...answer, ...more });
        if (label) given.push({ who, id: label.id });
        if (image) versions.set(imageId, image.version);
      }
    }
    expect(given.length).toBeGreaterThan(50);
    expect(await differences()).toEqual([]);
    expect(await withoutMajority(scene.server)).toEqual([]);
    expect(await adoptedImages(scene.server)).toEqual([]);
  },
  60_000,
);

test('a stored consensus that nothing in the history explains is reported', async () => {
  const [imageId = ''] = imageIds;
  const [before] = await query<{ version: number }>('SELECT version FROM image WHERE id = $1', [
    plainId(imageId),
  ]);
  await query(
    `UPDATE image SET consensus_class_id = (SELECT id FROM class
       WHERE class.dataset_id = image.dataset_id AND class.id IS DISTINCT FROM consensus_class_id LIMIT 1)
     WHERE id = $1`,
    [plainId(imageId)],
  );
  expect(await differences()).toMatchObject([{ imageId: plainId(imageId) }]);
  // The next answer continues from what is stored, as after an upgrade.
  const [one] = dataset.classes;
  const version = before?.version;
  await record(people[1]!, { imageId, classId: one?.id, expectedVersion: version });
  expect(await differences()).toEqual([]);
});

test('a label that is not in force although nobody undid it is reported', async () => {
  const imageId = imageIds[1] ?? '';
  const { label } = await record(people[2]!, { imageId, classId: dataset.classes[1]?.id });
  expect(await differences()).toEqual([]);
  await query('UPDATE label SET in_force = false WHERE id = $1', [
    fromGlobalId('Label', label?.id ?? ''),
  ]);
  expect(await differences()).toMatchObject([{ imageId: plainId(imageId) }]);
});
