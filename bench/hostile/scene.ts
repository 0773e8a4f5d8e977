import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Api } from '../../demo/api';
import { readFolder } from '../../demo/holdOut';
import * as operations from '../../demo/operations';
import { drawSampleSet } from '../../demo/sampleSet';
import { startServer, type RunningServer } from '../../demo/server';
import { Subscriber } from '../../demo/subscriber';
import { uploadImages } from '../../demo/upload';
import type { Order } from './attack/main';
import { probeVariable } from './loopProbe';
import type { Target } from './queries';

const peopleCount = 5;
const autoRetrainAfter = 100;
const embedPatienceMs = 120_000;

/** A server with a dataset that people label, and an attacker who has signed in. */
export interface Scene {
  server: RunningServer;
  /** Folder of the files that `loopProbe` writes. */
  probeFolder: string;
  people: readonly Api[];
  target: Target;
  attacker: Pick<Order, 'url' | 'token'>;
  /** Why an event stream of one of the people ended. */
  streamFailures: string[];
  close: () => Promise<void>;
}

/** Quotes a path for NODE_OPTIONS, where blanks separate options. */
const quoted = (path: string) => `"${path.replace(/["\\]/g, '\\$&')}"`;

/** Starts the product, draws and uploads the images, and waits until all are embedded. */
export async function openScene(seed: number): Promise<Scene> {
  const folder = await mkdtemp(join(tmpdir(), 'labelloop-bench-hostile-'));
  const stops: (() => Promise<unknown>)[] = [
    () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  ];
  const close = async () => {
    for (const stop of stops.reverse().splice(0)) await stop();
  };
  // The server has its own process group, so an interrupt would not end it.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void close().finally(() => process.exit(1)));
  try {
    const probeFolder = join(folder, 'loops');
    const server = await startServer(false, {
      quiet: true,
      env: {
        NODE_OPTIONS: `--require ${quoted(join(__dirname, 'loopProbe.js'))}`,
        [probeVariable]: probeFolder,
        // Only the built-in backbone, so that the figures do not depend on what is installed.
        ...{ LABELLOOP_BACKBONES: '', LABELLOOP_MODELS: folder, LABELLOOP_SHARED: folder },
      },
    });
    stops.push(() => server.stop());
    const filled = await fill(server.url, join(folder, 'images'), seed, stops);
    return { server, probeFolder, close, ...filled };
  } catch (error) {
    await close();
    throw error;
  }
}

interface ImagePage {
  dataset: { images: { nodes: { id: string }[] } };
}

async function fill(url: string, folder: string, seed: number, stops: (() => Promise<unknown>)[]) {
  await drawSampleSet(folder, seed);
  const images = (await readFolder(folder)).map((image) => ({ ...image, heldOut: false }));
  const people: Api[] = [];
  for (let person = 1; person <= peopleCount; person++)
    people.push(await Api.of(url).signIn(`Person ${person}`));
  const owner = people[0]!;
  const classNames = [...new Set(images.map(({ className }) => className))];
  const dataset = await createDataset(owner, `Measurement of seed ${seed}`, classNames);
  const streamFailures: string[] = [];
  for (const person of people) stops.push(follow(person, dataset, streamFailures));
  console.log(`Uploading ${images.length} images of ${classNames.length} classes`);
  await uploadImages(owner, dataset.id, images, () => {});
  await untilEmbedded(owner, dataset.id, images.length);
  const page = await owner.query<ImagePage>(
    'query ($id: ID!) { dataset(id: $id) { images(first: 500) { nodes { id } } } }',
    { id: dataset.id },
  );
  const { api, token } = await signInAttacker(url);
  // Almost as many classes as a dataset may have, so that archives with class folders exceed it.
  const classNamesOfAttacker = Array.from({ length: 1_990 }, (_, index) => `class no ${index}`);
  const own = await createDataset(api, 'A dataset of the attacker', classNamesOfAttacker);
  const target: Target = {
    datasetId: dataset.id,
    classIds: dataset.classes.map(({ id }) => id),
    imageIds: page.dataset.images.nodes.map(({ id }) => id),
    ownDatasetId: own.id,
  };
  return { people, target, attacker: { url, token }, streamFailures };
}

async function createDataset(owner: Api, name: string, classNames: readonly string[]) {
  const { dataset } = await owner.mutate<operations.CreatedDataset>(
    'createDataset',
    operations.createDataset,
    { name, classNames, autoRetrainAfter, seed: 'hostile' },
  );
  return dataset;
}

/** Follows the events, as an open page does. Returns how to stop. */
function follow(
  person: Api,
  dataset: { id: string; eventCursor: string },
  failures: string[],
): () => Promise<unknown> {
  const stream = new Subscriber(
    person,
    dataset.id,
    dataset.eventCursor,
    () => {},
    (error) => failures.push(`${person.personName}: ${error.message}`),
  );
  stream.start();
  return () => stream.stop();
}

async function signInAttacker(url: string) {
  const { token } = await Api.of(url).mutate<{ token: string }>(
    'signIn',
    'mutation ($input: SignInInput!) { signIn(input: $input) { token error { __typename message } } }',
    { name: 'Mallory' },
  );
  return { api: await Api.of(url).signIn('Mallory'), token };
}

async function untilEmbedded(owner: Api, id: string, count: number): Promise<void> {
  for (const end = Date.now() + embedPatienceMs; ; await delay(250)) {
    const { dataset } = await owner.query<operations.DatasetState>(operations.datasetState, { id });
    if (dataset.counts.embedded >= count) return;
    if (Date.now() > end)
      throw new Error(`Embedding stopped at ${dataset.counts.embedded} of ${count} images`);
  }
}
