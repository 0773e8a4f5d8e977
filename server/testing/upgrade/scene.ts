import type { ApiClient } from '../apiClient';
import { colourNames } from '../colourPhotos';
import { createDataset, type TestDataset } from '../factories';
import { Annotator, leaseTasks, type Answer, type Task } from './calls';

/** A dataset of coloured photos with its people. A photo's file name says its colour. */
export interface Scene {
  dataset: TestDataset;
  ada: Annotator;
  bob: Annotator;
  cleo: Annotator;
  classOf: (fileName: string) => string;
  /** A class that the file's name does not say. */
  otherThan: (fileName: string) => string;
}

export async function createScene(clients: ApiClient[], answers: Answer[]): Promise<Scene> {
  const [ada, bob, cleo] = ['Ada', 'Bob', 'Cleo'].map(
    (name, at) => new Annotator(name, clients[at]!, answers),
  ) as [Annotator, Annotator, Annotator];
  const dataset = await createDataset(ada.client, 'Colours', colourNames);
  const idOf = (name = '') => dataset.classes.find((each) => each.name === name)?.id ?? '';
  const colourAt = (fileName: string) => colourNames.findIndex((name) => fileName.includes(name));
  return {
    ...{ dataset, ada, bob, cleo },
    classOf: (fileName) => idOf(colourNames[colourAt(fileName)]),
    otherThan: (fileName) => idOf(colourNames[(colourAt(fileName) + 1) % colourNames.length]),
  };
}

export const lease = (
  { dataset }: Scene,
  { client }: Annotator,
  lane: string,
  count: number,
): Promise<Task[]> => leaseTasks(client, { datasetId: dataset.id, lane, count });

interface FoundImage {
  id: string;
  fileName: string;
}

export async function imagesWhere(scene: Scene, filter: object): Promise<FoundImage[]> {
  const { dataset } = await scene.ada.client.request<{
    dataset: { images: { nodes: FoundImage[] } };
  }>(
    `query ($id: ID!, $filter: ImageFilter) { dataset(id: $id) {
       images(first: 100, filter: $filter) { nodes { id fileName } } } }`,
    { id: scene.dataset.id, filter },
  );
  return dataset.images.nodes;
}
