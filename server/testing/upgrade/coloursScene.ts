import type { ApiClient } from '../apiClient';
import { mutate, startRun, waitForRuns, type Answer } from './calls';
import { createScene, type Scene } from './scene';
import {
  confirmGrid,
  giveSecondOpinions,
  labelByHand,
  labelWrongly,
  review,
  setGold,
} from './sceneAnswers';
import { addImages } from './sceneImages';
import { audit, changeClasses, exportTwice, makeSecondRunCurrent } from './sceneSettings';

/** A dataset in which everything has happened that people can do. */
export interface ColoursScene {
  datasetId: string;
  /** A cursor from before the first event. */
  firstCursor: string;
  answers: Answer[];
}

const builtInBackbone = 'labelloop-compact';

export async function playColours(clients: ApiClient[]): Promise<ColoursScene> {
  const answers: Answer[] = [];
  const scene = await createScene(clients, answers);
  const { ada, dataset } = scene;
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

async function train({ dataset, ada }: Scene): Promise<void> {
  await startRun(ada.client, { datasetId: dataset.id });
  await waitForRuns(ada.client, dataset.id);
}

async function useBuiltInBackbone({ dataset, ada }: Scene): Promise<void> {
  const input = { datasetId: dataset.id, backboneId: builtInBackbone };
  await mutate(ada.client, 'setDatasetBackbone', input, 'dataset { id }');
}
