import { setTimeout as delay } from 'node:timers/promises';
import { Api } from '../demo/api';
import { readFolder, type KnownImage } from '../demo/holdOut';
import * as operations from '../demo/operations';
import { startServer } from '../demo/server';
import { Subscriber } from '../demo/subscriber';
import { uploadImages } from '../demo/upload';
import type { StreamedEvent } from '../demo/operations';

type DatasetClass = operations.CreatedDataset['dataset']['classes'][number];

export interface Project {
  /** One per person. All follow the dataset's events. */
  people: readonly Api[];
  datasetId: string;
  classes: readonly DatasetClass[];
  images: readonly KnownImage[];
  /** The correct class of an image, by its SHA-256. */
  truth: ReadonlyMap<string, DatasetClass>;
  /** Called with every event that reaches a person. */
  onEvent: (listener: (person: number, event: StreamedEvent) => void) => void;
  state: () => Promise<operations.DatasetState['dataset']>;
  close: () => Promise<void>;
}

const embedPatienceMs = 120_000;

/** Starts a server with a folder's images, embedded and ready to be labelled. */
export async function openProject(
  folder: string,
  options: { people: number; autoRetrainAfter: number; seed: number },
): Promise<Project> {
  const images = (await readFolder(folder)).map((image) => ({ ...image, heldOut: false }));
  const server = await startServer(false);
  const stops: (() => Promise<unknown>)[] = [() => server.stop()];
  const close = async () => {
    for (const stop of stops.reverse().splice(0)) await stop();
  };
  // The server has its own process group, so an interrupt would not end it.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void close().finally(() => process.exit(1)));
  try {
    return await fill(server.url, images, options, stops, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function fill(
  url: string,
  images: readonly KnownImage[],
  {
    people: count,
    autoRetrainAfter,
    seed,
  }: { people: number; autoRetrainAfter: number; seed: number },
  stops: (() => Promise<unknown>)[],
  close: () => Promise<void>,
): Promise<Project> {
  const people: Api[] = [];
  for (let person = 1; person <= count; person++)
    people.push(await Api.of(url).signIn(`Person ${person}`));
  const [owner] = people as [Api];
  const { dataset } = await owner.mutate<operations.CreatedDataset>(
    'createDataset',
    operations.createDataset,
    {
      name: `Measurement of seed ${seed}`,
      classNames: [...new Set(images.map(({ className }) => className))],
      autoRetrainAfter,
      seed: String(seed),
    },
  );
  const listeners: ((person: number, event: StreamedEvent) => void)[] = [];
  people.forEach((api, person) => {
    const follow = new Subscriber(
      api,
      dataset.id,
      dataset.eventCursor,
      (event) => listeners.forEach((listener) => listener(person, event)),
      (error) => {
        throw error;
      },
    );
    follow.start();
    stops.push(() => follow.stop());
  });
  const state = async () =>
    (await owner.query<operations.DatasetState>(operations.datasetState, { id: dataset.id }))
      .dataset;
  console.log(`Uploading ${images.length} images of ${dataset.classes.length} classes`);
  await uploadImages(owner, dataset.id, images, () => {});
  await untilEmbedded(images.length, state);
  const byName = new Map(dataset.classes.map((one) => [one.name, one]));
  const truth = new Map(images.map(({ sha256, className }) => [sha256, byName.get(className)!]));
  return {
    people,
    datasetId: dataset.id,
    classes: dataset.classes,
    images,
    truth,
    onEvent: (listener) => listeners.push(listener),
    state,
    close,
  };
}

async function untilEmbedded(count: number, state: Project['state']): Promise<void> {
  let embedded = 0;
  for (let movedAt = Date.now(); embedded < count; await delay(250)) {
    const { counts } = await state();
    if (counts.embedded > embedded) movedAt = Date.now();
    embedded = counts.embedded;
    if (Date.now() - movedAt > embedPatienceMs)
      throw new Error(`Embedding stopped at ${embedded} of ${count} images`);
  }
}
