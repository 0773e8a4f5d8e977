import { Lane, ReviewReason } from '../../../shared/enums';
import type { ApiClient } from '../../testing/apiClient';
import { colourNames, colourPhotos } from '../../testing/colourPhotos';
import {
  adoptedImages,
  consensusDifferences,
  withoutMajority,
} from '../../testing/consensusDifferences';
import type { TestDataset, UploadSpec } from '../../testing/factories';
import { ColourDataset, type ColourImage } from '../../testing/colourDataset';
import { train } from '../../testing/runs';
import { leaseTasks, recordLabel, updateDataset } from '../../testing/labelling';
import { startScene, type Scene } from '../../testing/scene';

let scene: Scene;
let people: ApiClient[];

beforeAll(async () => {
  scene = await startScene({ people: ['Ada', 'Bob', 'Cleo'] });
  ({ people } = scene);
});
afterAll(() => scene.close());

interface Project {
  dataset: TestDataset;
  images: readonly ColourImage[];
  classOf: (colour: string) => string;
}

/** Twelve photos of each class's colour, and others on request. */
async function newProject(settings: object = {}, others: UploadSpec[] = []): Promise<Project> {
  const photos = await ColourDataset.create(people[0]!, { others });
  await updateDataset(people[0]!, photos.id, settings);
  const classOf = (colour: string) => photos.classId(colour);
  return { dataset: photos.dataset, images: photos.images, classOf };
}

const answer = (who: number, imageId: string, classId: string, leaseToken?: string) =>
  recordLabel(people[who]!, { imageId, classId, leaseToken });

const run = ({ dataset }: Project) => train(people[0]!, dataset.id);

interface Seen {
  id: string;
  consensus: { quality: number | null; class: { name: string } } | null;
  review: {
    kind: ReviewReason;
    score: number;
    givenClass: { name: string };
    suggestedClass: { name: string } | null;
    otherImage: { id: string } | null;
  } | null;
}
const seen = async ({ dataset }: Project): Promise<Map<string, Seen>> => {
  const { dataset: read } = await people[0]!.request<{ dataset: { images: { nodes: Seen[] } } }>(
    `query ($id: ID!) { dataset(id: $id) { images(first: 100) { nodes {
       id consensus { quality class { name } } review { kind score givenClass { name } suggestedClass { name } otherImage { id } } } } } }`,
    { id: dataset.id },
  );
  return new Map(read.images.nodes.map((node) => [node.id, node]));
};
const waitsFor = (images: Map<string, Seen>) =>
  [...images.values()].filter(({ review }) => review !== null).map(({ id }) => id);

interface LeasedTask {
  leaseToken: string;
  blind: boolean;
  image: { id: string; prediction: { class: { id: string } } | null };
}

const leased = (who: number, { dataset }: Project, lane: Lane, count = 50) =>
  leaseTasks<LeasedTask>(
    people[who]!,
    { datasetId: dataset.id, lane, count },
    'leaseToken blind image { id prediction { class { id } } }',
  );

test('a wrong label waits for review with what it should be; who keeps it is not asked again', async () => {
  const project = await newProject();
  const { images, classOf } = project;
  const [first, second] = colourNames as [string, string];
  const wrong = images.filter(({ colour }) => colour === first).slice(0, 2);
  for (const image of images)
    await answer(0, image.id, classOf(wrong.includes(image) ? second : image.colour));
  await run(project);
  const found = await seen(project);
  expect(new Set(waitsFor(found))).toEqual(new Set(wrong.map(({ id }) => id)));
  for (const { id } of wrong) {
    expect(found.get(id)?.consensus?.class.name).toBe(second);
    expect(found.get(id)?.review?.suggestedClass?.name).toBe(first);
    expect(found.get(id)?.review?.score).toBeGreaterThan(0);
  }
  const tasks = await leased(1, project, Lane.REVIEW);
  expect(tasks).toHaveLength(2);
  const [kept, corrected] = tasks as [(typeof tasks)[0], (typeof tasks)[0]];
  await answer(1, kept.image.id, classOf(second), kept.leaseToken);
  await answer(1, corrected.image.id, classOf(first), corrected.leaseToken);
  await run(project);
  const after = await seen(project);
  expect(waitsFor(after)).toEqual([]);
  expect(after.get(kept.image.id)?.consensus?.class.name).toBe(second);
  expect(after.get(corrected.image.id)?.consensus?.class.name).toBe(first);
});

test('a run settles a tie by the model, says how sure that is, and asks again where it is not', async () => {
  const project = await newProject({ overlapMode: 'AUTOMATIC' });
  const { images, classOf } = project;
  const [first, second] = colourNames as [string, string];
  for (const image of images.slice(0, -3)) await answer(0, image.id, classOf(image.colour));
  const [tied] = images.filter(({ colour }) => colour === first);
  await answer(1, tied!.id, classOf(second));
  expect((await seen(project)).get(tied!.id)?.consensus?.class.name).toBe(second);
  await run(project);
  const { consensus, review } = (await seen(project)).get(tied!.id)!;
  expect(consensus?.class.name).toBe(first);
  // The doubted class is the replaced one.
  expect(review).toBeNull();
  expect(consensus?.quality).toBeGreaterThan(0);
  expect(consensus?.quality).toBeLessThanOrEqual(1);
  // Bob has answered it, so his second opinions are about other images.
  const again = await leased(1, project, Lane.HARD);
  const ids = again.map(({ image }) => image.id);
  expect(ids).not.toContain(tied!.id);
  expect(ids.length).toBeGreaterThan(3);
  const cleo = await leased(2, project, Lane.HARD);
  expect(cleo.map(({ image }) => image.id)).toContain(tied!.id);
});

test('one answer per image is left alone, and no quality is claimed', async () => {
  const project = await newProject();
  for (const image of project.images.slice(0, -3))
    await answer(0, image.id, project.classOf(image.colour));
  await run(project);
  const values = [...(await seen(project)).values()];
  expect(values.every(({ consensus }) => consensus === null || consensus.quality === null)).toBe(
    true,
  );
  expect(await leased(1, project, Lane.HARD)).toHaveLength(3);
});

test('nearly the same image with another label waits for review, one with the same label does not', async () => {
  const project = await newProject();
  const { images, classOf } = project;
  const [nearDuplicate, ...reds] = images.filter(({ colour }) => colour === 'red');
  const greens = images.filter(({ colour }) => colour === 'green');
  // Three labels are too few to find a label error, so only near-duplicates are suspects.
  const blues = images.filter(({ colour }) => colour === 'blue').slice(0, 2);
  for (const { id, colour } of [...reds, ...greens, ...blues]) await answer(0, id, classOf(colour));
  await answer(0, nearDuplicate!.id, classOf('blue'));
  await run(project);
  const found = await seen(project);
  expect(waitsFor(found)).toEqual([nearDuplicate!.id]);
  const { review } = found.get(nearDuplicate!.id)!;
  expect(review).toMatchObject({
    kind: ReviewReason.NEAR_DUPLICATE,
    givenClass: { name: 'blue' },
    suggestedClass: { name: 'red' },
  });
  expect(review?.score).toBeGreaterThan(0.97);
  expect(reds.map(({ id }) => id)).toContain(review?.otherImage?.id);
});

test('different answers that nobody settles wait for review, equal ones do not', async () => {
  // The colour is between two classes, so the model is uncertain.
  const project = await newProject({}, await colourPhotos(1, { olive: [135, 140, 40] }));
  const { images, classOf } = project;
  const divided = images.find(({ colour }) => colour === 'olive')!;
  for (const image of images)
    for (const who of image === divided ? [] : [0, 1])
      await answer(who, image.id, classOf(image.colour));
  for (const [who, colour] of ['red', 'blue', 'green'].entries())
    await answer(who, divided.id, classOf(colour));
  // The same run that measures the doubt acts on it.
  await run(project);
  const found = await seen(project);
  expect(waitsFor(found)).toEqual([divided.id]);
  const { review, consensus } = found.get(divided.id)!;
  expect(review).toMatchObject({ kind: ReviewReason.DISAGREEMENT, suggestedClass: null });
  expect(review?.givenClass.name).toBe(consensus?.class.name);
  expect(consensus?.quality).toBeLessThan(0.5);
});

interface Bias {
  shown: { right: number; count: number };
  blind: { right: number; count: number };
  difference: { value: number; low: number; high: number };
}
const bias = async ({ dataset }: Project) =>
  (
    await people[0]!.request<{ dataset: { predictionBias: Bias | null } }>(
      `query ($id: ID!) { dataset(id: $id) { predictionBias {
         shown { right count } blind { right count } difference { value low high } } } }`,
      { id: dataset.id },
    )
  ).dataset.predictionBias;

test('what predictions do to answers is told from tasks that hid them, and from tasks alone', async () => {
  const project = await newProject({ blindShare: 0.5 });
  const { images, classOf } = project;
  const open = new Set(
    colourNames.flatMap((name) => images.filter(({ colour }) => colour === name).slice(6)),
  );
  for (const image of images)
    if (!open.has(image)) await answer(0, image.id, classOf(image.colour));
  await run(project);
  expect(await bias(project)).toBeNull();
  const [unasked, ...asked] = [...open];
  // Without a task nobody knows what was on the screen.
  await answer(0, unasked!.id, classOf(unasked!.colour));
  const tasks = await leased(1, project, Lane.HARD);
  expect(tasks).toHaveLength(asked.length);
  for (const { image, blind, leaseToken } of tasks) {
    // The prediction of a blind task is hidden. The model is right on these colours.
    const { colour } = images.find(({ id }) => id === image.id)!;
    const other = project.dataset.classes.find(({ id }) => id !== classOf(colour));
    await answer(1, image.id, blind ? other!.id : image.prediction!.class.id, leaseToken);
  }
  const blind = tasks.filter((task) => task.blind).length;
  const found = await bias(project);
  expect(found).toMatchObject({
    shown: { right: asked.length - blind, count: asked.length - blind },
    blind: { right: 0, count: blind },
    difference: { value: 1 },
  });
  expect(found?.difference.low).toBeGreaterThan(0);
});

test('every consensus of this file follows from its history', async () => {
  expect(await consensusDifferences(scene.server)).toEqual([]);
  expect(await withoutMajority(scene.server)).toEqual([]);
  expect(await adoptedImages(scene.server)).toEqual([]);
});
