import type { ApiClient } from '../apiClient';
import { colourNames, colourPhotos } from '../colourPhotos';
import { createDataset, upload } from '../factories';
import { zipOf } from '../zip';
import { mutate, poll, runsOf, startRun, waitForRuns, waitUntilEmbedded } from './calls';

/** The last layer before the head, which has no weights: only the head trains. */
const lastLayer = 'out_relu';
const smallBackbone = 'small_mobilenet';
const networkOptions = { batchSize: 6, fromBlock: lastLayer };

const folderOf = (fileName: string) => fileName.split('/')[0] ?? '';

/** A dataset with labelled photos, embedded with a backbone that can be fine-tuned. */
async function createLabelled(client: ApiClient, name: string, perColour: number) {
  const { id } = await createDataset(client, name, colourNames);
  const backbone = { datasetId: id, backboneId: smallBackbone };
  await mutate(client, 'setDatasetBackbone', backbone, 'dataset { id }');
  const photos = await colourPhotos(perColour);
  const files = photos.map((photo) => ({ ...photo, className: folderOf(photo.fileName) }));
  await upload(client, id, files);
  await waitUntilEmbedded(client, id);
  return id;
}

/** A network was trained and serves. Another is in training when the server stops. */
export async function playNetworks(client: ApiClient): Promise<string> {
  const datasetId = await createLabelled(client, 'Networks', 6);
  const recipe = { datasetId, recipe: 'FINETUNE' };
  await startRun(client, { ...recipe, training: { ...networkOptions, epochs: 2 } });
  await waitForRuns(client, datasetId);
  await startRun(client, { ...recipe, training: { ...networkOptions, epochs: 60 } });
  const epochsOf = async () => (await runsOf(client, datasetId))[0]?.training?.epochs.length ?? 0;
  await poll(epochsOf, (epochs) => epochs > 3, 20);
  return datasetId;
}

/** A dataset for the jobs that no worker takes before the server stops. */
export const prepareWaiting = (client: ApiClient): Promise<string> =>
  createLabelled(client, 'Waiting', 4);

/** With no worker: images to embed, a zip to unpack, a run to make. */
export async function leaveJobs(client: ApiClient, datasetId: string): Promise<void> {
  const photos = (await colourPhotos(8)).filter(({ fileName }) => /[4-7]\.jpg$/.test(fileName));
  await upload(
    client,
    datasetId,
    photos.filter(({ fileName }) => /[45]\.jpg$/.test(fileName)),
  );
  const zipped = photos.filter(({ fileName }) => /[67]\.jpg$/.test(fileName));
  const entries = zipped.map(({ fileName, bytes: content }) => [fileName, content]);
  const bytes = await zipOf(Object.fromEntries(entries) as Record<string, Buffer>);
  const archive = { fileName: 'waiting.zip', bytes, labelsFromFolders: true };
  await upload(client, datasetId, [{ ...archive, kind: 'ARCHIVE' }]);
  await startRun(client, { datasetId });
}
