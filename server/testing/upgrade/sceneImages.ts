import type { ApiClient } from '../apiClient';
import { colourPhotos } from '../colourPhotos';
import { upload, type UploadSpec } from '../factories';
import { zipOf } from '../zip';
import { poll, waitUntilEmbedded } from './calls';
import type { Scene } from './scene';

const photosPerColour = 22;
const importedPerColour = 2;
const zippedPerColour = 2;

/** Files of every kind: plain, labelled, held out, refused, sent twice, and a zip. */
export async function addImages({ dataset, ada }: Scene): Promise<void> {
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
