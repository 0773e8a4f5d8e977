import type { ApiClient } from '../apiClient';
import { colourNames, colourPhotos } from '../colourPhotos';
import { createDataset, upload, type TestDataset, type UploadSpec } from '../factories';
import { zipOf } from '../zip';
import {
  Annotator,
  leaseTasks,
  mutate,
  poll,
  startRun,
  waitForRuns,
  waitUntilEmbedded,
  type Answer,
  type Task,
} from './calls';

/** A dataset in which everything has happened that people can do. */
export interface ColoursScene {
  datasetId: string;
  /** A cursor from before the first event. */
  firstCursor: string;
  answers: Answer[];
}

const builtInBackbone = 'labelloop-compact';
const photosPerColour = 22;
const importedPerColour = 2;
const zippedPerColour = 2;

interface Scene {
  dataset: TestDataset;
  ada: Annotator;
  bob: Annotator;
  cleo: Annotator;
  classOf: (fileName: string) => string;
  /** A class that the file's name does not say. */
  otherThan: (fileName: string) => string;
}

export async function playColours(clients: ApiClient[]): Promise<ColoursScene> {
  const answers: Answer[] = [];
  const [ada, bob, cleo] = ['Ada', 'Bob', 'Cleo'].map(
    (name, at) => new Annotator(name, clients[at]!, answers),
  ) as [Annotator, Annotator, Annotator];
  const dataset = await createDataset(ada.client, 'Colours', colourNames);
  const idOf = (name: string) => dataset.classes.find((each) => each.name === name)?.id ?? '';
  const colourOf = (fileName: string) => colourNames.find((name) => fileName.includes(name)) ?? '';
  const scene: Scene = {
    dataset,
    ...{ ada, bob, cleo },
    classOf: (fileName) => idOf(colourOf(fileName)),
    otherThan: (fileName) =>
      idOf(colourNames[(colourNames.indexOf(colourOf(fileName)) + 1) % colourNames.length] ?? ''),
  };
  const firstCursor = await cursorOf(ada.client, dataset.id);
  await useBuiltInBackbone(scene);
  await addImages(scene);
  await labelByHand(scene);
  await train(scene);
  await confirmGrid(scene);
  await giveSecondOpinions(scene);
  await changeClasses(scene);
  await setGold(scene);
  const mistaken = await labelWrongly(scene);
  await train(scene);
  await review(scene, mistaken);
  await train(scene);
  await makeSecondRunCurrent(scene);
  await audit(scene);
  await exportTwice(scene);
  return { datasetId: dataset.id, firstCursor, answers };
}

export async function cursorOf(client: ApiClient, datasetId: string): Promise<string> {
  const { dataset } = await client.request<{ dataset: { eventCursor: string } }>(
    'query ($id: ID!) { dataset(id: $id) { eventCursor } }',
    { id: datasetId },
  );
  return dataset.eventCursor;
}

const lease = ({ dataset }: Scene, { client }: Annotator, lane: string, count: number) =>
  leaseTasks(client, { datasetId: dataset.id, lane, count });

async function train({ dataset, ada }: Scene): Promise<void> {
  await startRun(ada.client, { datasetId: dataset.id });
  await waitForRuns(ada.client, dataset.id);
}

async function useBuiltInBackbone({ dataset, ada }: Scene): Promise<void> {
  const input = { datasetId: dataset.id, backboneId: builtInBackbone };
  await mutate(ada.client, 'setDatasetBackbone', input, 'dataset { id }');
}

/** Files of every kind: plain, labelled, held out, refused, sent twice, and a zip. */
async function addImages({ dataset, ada }: Scene): Promise<void> {
  const photos = await colourPhotos(photosPerColour);
  const indexOf = ({ fileName }: UploadSpec) => Number(/(\d+)\.jpg$/.exec(fileName)?.[1]);
  const firstZipped = photosPerColour - zippedPerColour;
  const loose = photos.filter((photo) => indexOf(photo) < firstZipped);
  const files = loose.map((photo): UploadSpec => {
    if (indexOf(photo) < importedPerColour)
      return { ...photo, className: photo.fileName.split('/')[0] ?? '' };
    return { ...photo, heldOut: indexOf(photo) === firstZipped - 1 };
  });
  const broken = { fileName: 'broken.jpg', bytes: Buffer.from('This is not an image.') };
  const again = { fileName: 'again.jpg', bytes: photos[0]?.bytes ?? Buffer.alloc(0) };
  const zipped = photos.filter((photo) => indexOf(photo) >= firstZipped);
  const bytes = await zipOf({
    ...Object.fromEntries(zipped.map(({ fileName, bytes: content }) => [fileName, content])),
    'red/notes.txt': Buffer.from('Not an image either.'),
  });
  const archive = { fileName: 'more.zip', bytes, labelsFromFolders: true };
  await upload(ada.client, dataset.id, [...files, broken]);
  await upload(ada.client, dataset.id, [again, { ...archive, kind: 'ARCHIVE' }]);
  await poll(
    () => importsOf(ada.client, dataset.id),
    (imports) => imports.every(({ status }) => status === 'DONE'),
  );
  await waitUntilEmbedded(ada.client, dataset.id);
}

async function importsOf(client: ApiClient, datasetId: string): Promise<{ status: string }[]> {
  const { dataset } = await client.request<{ dataset: { imports: { status: string }[] } }>(
    'query ($id: ID!) { dataset(id: $id) { imports { status } } }',
    { id: datasetId },
  );
  return dataset.imports;
}

/** Answers, one of them undone, one replaced, one with a second label on top; a skip; a release. */
async function labelByHand(scene: Scene): Promise<void> {
  const { ada, bob, classOf, otherThan } = scene;
  const [skipped, released, ...tasks] = (await lease(scene, ada, 'HARD', 11)) as [
    Task,
    Task,
    ...Task[],
  ];
  await ada.skip(skipped);
  await ada.release([released]);
  const answers: Answer[] = [];
  for (const task of tasks) answers.push(await ada.answerTask(task, classOf(task.image.fileName)));
  const [undone, replaced, contradicted] = answers as [Answer, Answer, Answer];
  await ada.undo(undone);
  await ada.answer(replaced.imageId, replaced.classId);
  const { fileName } = tasks[2]!.image;
  await bob.answer(contradicted.imageId, otherThan(fileName));
}

/** A grid of one class: most confirmed, one said to be something else. */
async function confirmGrid(scene: Scene): Promise<void> {
  const { bob } = scene;
  const [rejected, ...tasks] = (await lease(scene, bob, 'CONFIRM', 6)) as [Task, ...Task[]];
  for (const task of tasks.slice(0, 4))
    await bob.answerTask(task, task.image.prediction?.class.id ?? '');
  await bob.skip(rejected);
  await bob.release(tasks.slice(4));
}

async function giveSecondOpinions(scene: Scene): Promise<void> {
  const { ada, cleo, dataset, classOf, otherThan } = scene;
  const overlap = { overlapMode: 'SHARE', overlap: 2, overlapShare: 1 };
  const settings = { ...overlap, blindShare: 0.5, targetAccuracy: 0.9 };
  await mutate(ada.client, 'updateDataset', { id: dataset.id, ...settings }, 'dataset { id }');
  const tasks = await lease(scene, cleo, 'HARD', 10);
  for (const [at, task] of tasks.entries()) {
    const say = at === 3 ? otherThan : classOf;
    await cleo.answerTask(task, say(task.image.fileName));
  }
}

async function changeClasses({ dataset, ada }: Scene): Promise<void> {
  const { client } = ada;
  const grey = { datasetId: dataset.id, name: 'grey', color: '#888888' };
  const { class: added } = await mutate<{ class: { id: string } }>(
    client,
    'addClass',
    grey,
    'class { id }',
  );
  await mutate(client, 'archiveClass', { id: added.id, archived: true }, 'class { id }');
  const [first] = dataset.classes;
  const changes = { id: first?.id, name: 'crimson', hotkey: 'x', color: '#c01030' };
  await mutate(client, 'updateClass', changes, 'class { id }');
  const classIds = dataset.classes.map(({ id }) => id).reverse();
  await mutate(client, 'reorderClasses', { datasetId: dataset.id, classIds }, 'dataset { id }');
}

interface LabelledImage {
  id: string;
  fileName: string;
}

async function imagesWhere(scene: Scene, filter: object): Promise<LabelledImage[]> {
  const { dataset } = await scene.ada.client.request<{
    dataset: { images: { nodes: LabelledImage[] } };
  }>(
    `query ($id: ID!, $filter: ImageFilter) { dataset(id: $id) {
       images(first: 100, filter: $filter) { nodes { id fileName } } } }`,
    { id: scene.dataset.id, filter },
  );
  return dataset.images.nodes;
}

async function setGold(scene: Scene): Promise<void> {
  const { ada, bob, cleo, classOf, otherThan } = scene;
  const images = (await imagesWhere(scene, { labelled: true, nameContains: 'red' })).slice(0, 2);
  for (const { id, fileName } of images) {
    const input = { imageId: id, classId: classOf(fileName) };
    await mutate(ada.client, 'setGoldImage', input, 'image { id }');
    await bob.answer(id, classOf(fileName));
    await cleo.answer(id, otherThan(fileName));
  }
}

async function labelWrongly(scene: Scene): Promise<string[]> {
  const { ada, otherThan } = scene;
  const images = await imagesWhere(scene, { labelled: false, heldOut: false });
  const chosen = images.filter(({ fileName }) => fileName.startsWith('green')).slice(0, 3);
  for (const { id, fileName } of chosen) await ada.answer(id, otherThan(fileName));
  return chosen.map(({ id }) => id);
}

/** One of the cases is settled, the others go on waiting. */
async function review(scene: Scene, mistaken: string[]): Promise<void> {
  const { bob, classOf } = scene;
  const [task] = await lease(scene, bob, 'REVIEW', 1);
  if (!task) throw new Error(`Nothing to review, although ${mistaken.length} labels are wrong.`);
  await bob.answerTask(task, classOf(task.image.fileName));
}

async function makeSecondRunCurrent({ ada, dataset }: Scene): Promise<void> {
  const { dataset: read } = await ada.client.request<{
    dataset: { retrainRuns: { nodes: { id: string; number: number }[] } };
  }>('query ($id: ID!) { dataset(id: $id) { retrainRuns { nodes { id number } } } }', {
    id: dataset.id,
  });
  const second = read.retrainRuns.nodes.find(({ number }) => number === 2);
  await mutate(ada.client, 'makeRunCurrent', { id: second?.id }, 'run { id }');
}

/** One certificate cancelled, another one with two audited images and others that wait. */
async function audit(scene: Scene): Promise<void> {
  const { ada, cleo, dataset, classOf } = scene;
  const settings = { id: dataset.id, certificateEpsilon: 0.3, certificateAlpha: 0.1 };
  await mutate(ada.client, 'updateDataset', settings, 'dataset { id }');
  const { certificatePlan } = await ada.client.request<{
    certificatePlan: { obstacle: string | null; chosen: { threshold: number } | null };
  }>('query ($id: ID!) { certificatePlan(datasetId: $id) { obstacle chosen { threshold } } }', {
    id: dataset.id,
  });
  if (!certificatePlan.chosen) throw new Error(`No certificate: ${certificatePlan.obstacle}`);
  const input = { datasetId: dataset.id, threshold: certificatePlan.chosen.threshold };
  const start = () =>
    mutate<{ certificate: { id: string } }>(
      ada.client,
      'startCertificate',
      input,
      'certificate { id }',
    );
  const { certificate } = await start();
  await mutate(ada.client, 'cancelCertificate', { id: certificate.id }, 'certificate { id }');
  await start();
  const tasks = await lease(scene, cleo, 'AUDIT', 2);
  for (const task of tasks) await cleo.answerTask(task, classOf(task.image.fileName));
}

async function exportTwice({ ada, dataset }: Scene): Promise<void> {
  const predictions = { include: 'LABELS_AND_PREDICTIONS', minConfidence: 0.5 };
  for (const choice of [{ include: 'LABELS' }, predictions])
    await mutate(
      ada.client,
      'exportDataset',
      { datasetId: dataset.id, ...choice },
      'export { id }',
    );
}
