import { randomUUID } from 'node:crypto';
import type { ApiClient } from './apiClient';
import { colourNames, colourPhotos } from './colourPhotos';
import { createDataset, upload, type TestDataset, type UploadSpec } from './factories';
import { recordLabel } from './labelling';
import { waitUntil } from './waitUntil';

export interface ColourImage {
  id: string;
  fileName: string;
  /** Its folder, which names its colour and its class. */
  colour: string;
}

export interface ColourDatasetOptions {
  photosPerClass?: number;
  /** Further images, beside the photos of each class. */
  others?: readonly UploadSpec[];
  /** New labels before an automatic run, default 0: none. */
  autoRetrainAfter?: number;
}

/** A dataset with one class per colour, and embedded photos of these colours. */
export class ColourDataset {
  private constructor(
    private readonly owner: ApiClient,
    readonly dataset: TestDataset,
    readonly images: readonly ColourImage[],
  ) {}

  /** Creates the dataset, uploads the photos, and waits until all are embedded. */
  static async create(
    owner: ApiClient,
    { photosPerClass = 12, others = [], autoRetrainAfter = 0 }: ColourDatasetOptions = {},
  ): Promise<ColourDataset> {
    const dataset = await createDataset(owner, randomUUID(), colourNames, autoRetrainAfter);
    const photos = [...(await colourPhotos(photosPerClass)), ...others];
    const results = await upload(owner, dataset.id, photos);
    const images = results.map(({ image, fileName }) => ({
      id: image?.id ?? '',
      fileName,
      colour: colourOf(fileName),
    }));
    const created = new ColourDataset(owner, dataset, images);
    await waitUntil(async () => (await created.counts()).embedded === images.length);
    return created;
  }

  get id(): string {
    return this.dataset.id;
  }

  async counts(): Promise<{ embedded: number; predicted: number; labelled: number }> {
    const read = await this.owner.request<{
      dataset: { counts: { embedded: number; predicted: number; labelled: number } };
    }>('query ($id: ID!) { dataset(id: $id) { counts { embedded predicted labelled } } }', {
      id: this.id,
    });
    return read.dataset.counts;
  }

  classId(colour: string): string {
    return this.dataset.classes.find(({ name }) => name === colour)?.id ?? '';
  }

  /** The first images of a colour. */
  ofColour(colour: string, count = Infinity): ColourImage[] {
    return this.images.filter((image) => image.colour === colour).slice(0, count);
  }

  /** Labels an image with its colour. @returns the label's id */
  label({ id, colour }: ColourImage, person: ApiClient = this.owner): Promise<string> {
    return recordLabel(person, { imageId: id, classId: this.classId(colour) });
  }

  /** Labels the first images of each colour, one after another. */
  async labelEach(perColour: number, person: ApiClient = this.owner): Promise<void> {
    for (const colour of colourNames)
      for (const image of this.ofColour(colour, perColour)) await this.label(image, person);
  }
}

/** The colour of a photo, which is the folder of its file name. */
export const colourOf = (fileName: string): string => fileName.split('/')[0] ?? '';
