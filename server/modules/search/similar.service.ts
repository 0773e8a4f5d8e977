import { ModelInputError } from '../../../models/errors';
import { createComparer, meanDirection, nearestRows } from '../../../models/search';
import { limits } from '../../../shared/limits';
import type { ListView } from '../../domain/blind';
import type { Viewer } from '../../domain/viewer';
import {
  InvalidInputError,
  InvalidStateError,
  LimitExceededError,
  NotFoundError,
} from '../../domain/errors';
import type { Dataset } from '../datasets/dataset.ports';
import type { DatasetService } from '../datasets/dataset.service';
import type { FeatureMatrices, FeatureMatrix } from '../embeddings/embedding.ports';
import type { Image } from '../images/image.ports';
import type { ImageService } from '../images/image.service';
import type { ImageFilter } from '../images/image.type';
import type { SimilarImage, SimilarImagesArgs } from './similar.type';

/** Embeddings in memory at a time, for datasets of any size. */
const rowsPerStep = 4_096;
/** If a filter leaves too few images, this factor more of the ranking is read. */
const widening = 4;

/**
 * Finds images by example with an exact comparison of every embedding, which takes a fraction of a
 * second for a hundred thousand images. One search runs at a time, on one thread, so the process
 * keeps answering.
 */
export class SimilarService {
  private searches: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly images: ImageService,
    private readonly datasets: DatasetService,
    private readonly features: FeatureMatrices,
  ) {}

  /** @throws NotFoundError, InvalidInputError, LimitExceededError, InvalidStateError */
  async find(viewer: Viewer | null, args: SimilarImagesArgs): Promise<SimilarImage[]> {
    const { examples, dataset } = await this.open(viewer, args.imageIds);
    const view = await this.images.viewOf(viewer, dataset);
    // The predictions of an image's neighbours say nearly as much as its own.
    const blind = examples.find(({ id }) => view.hidden.predictions.has(id));
    if (blind)
      throw new InvalidStateError(
        `You hold a task that hides the prediction of “${blind.fileName}”. Answer or release it first.`,
      );
    if (args.first < 0) throw new InvalidInputError('first', 'Enter 0 or a larger number.');
    if (args.first > limits.maxPageSize)
      throw new LimitExceededError('images in one result', limits.maxPageSize, args.first);
    const matrix = await this.matrixOf(dataset);
    try {
      const missing = examples.find(({ ordinal }) => !matrix.present[ordinal]);
      if (missing)
        throw new InvalidStateError(
          `“${missing.fileName}” is not embedded yet, so it cannot be compared. Try again in a moment.`,
        );
      const similarities = await this.compare(matrix, examples);
      return await this.best(dataset, similarities, args, view);
    } finally {
      await matrix.close();
    }
  }

  private async open(viewer: Viewer | null, imageIds: readonly string[]) {
    const ids = [...new Set(imageIds)];
    const [first] = ids;
    if (!first) throw new InvalidInputError('imageIds', 'Send at least one image.');
    if (ids.length > limits.maxExamples)
      throw new LimitExceededError('example images', limits.maxExamples, ids.length);
    const { datasetId } = await this.images.open(viewer, first, 'view');
    const { dataset } = await this.datasets.open(viewer, datasetId, 'view');
    const examples = [...(await this.images.byId(ids)).values()];
    const lost = ids.find((id) => !examples.some((image) => image.id === id));
    if (lost) throw new NotFoundError('Image', lost);
    if (examples.some((image) => image.datasetId !== datasetId))
      throw new InvalidInputError('imageIds', 'Send images of one dataset only.');
    return { dataset, examples };
  }

  private async matrixOf({ id, backboneId }: Dataset): Promise<FeatureMatrix> {
    if (!backboneId)
      throw new InvalidStateError(
        'This server has no backbone, so images cannot be compared. See capabilities.missing.',
      );
    const matrix = await this.features.openStored(id, backboneId);
    if (!matrix)
      throw new InvalidStateError(
        'No image of this dataset is embedded yet, so there is nothing to compare. Try again in a moment.',
      );
    return matrix;
  }

  /** Similarities by ordinal; -Infinity without an embedding, and for the examples themselves. */
  private async compare(matrix: FeatureMatrix, examples: readonly Image[]): Promise<Float32Array> {
    const { present, dimensions } = matrix;
    const own = Int32Array.from(examples, ({ ordinal }) => ordinal);
    const direction = directionOf(await matrix.halves(own), own.length, dimensions);
    const search = this.searches.then(async () => {
      const similarities = new Float32Array(present.length).fill(-Infinity);
      const comparer = await createComparer(direction);
      try {
        for (const ordinals of stepsOf(present)) {
          const cosines = await comparer.compare(await matrix.halves(ordinals), ordinals.length);
          ordinals.forEach((ordinal, row) => (similarities[ordinal] = cosines[row]!));
        }
      } finally {
        await comparer.dispose();
      }
      for (const ordinal of own) similarities[ordinal] = -Infinity;
      return similarities;
    });
    this.searches = search.catch(() => {});
    return search;
  }

  /** Reads down the ranking until enough images pass the filter. */
  private async best(
    dataset: Dataset,
    similarities: Float32Array,
    { first, filter }: { first: number; filter?: ImageFilter },
    view: ListView,
  ): Promise<SimilarImage[]> {
    const found: SimilarImage[] = [];
    let looked = 0;
    for (let count = Math.max(1, first); found.length < first; count *= widening) {
      const nearest = nearestRows(similarities, count);
      const ordinals = [...nearest.rows.subarray(looked)];
      if (ordinals.length === 0) break;
      const ids = await this.images.atOrdinals(dataset, filter, ordinals, view);
      ordinals.forEach((ordinal, index) => {
        const imageId = ids.get(ordinal);
        const similarity = nearest.similarities[looked + index]!;
        if (imageId && !view.hidden.predictions.has(imageId)) found.push({ imageId, similarity });
      });
      looked = nearest.rows.length;
    }
    return found.slice(0, first);
  }
}

/** Yields ordinals with an embedding, a few thousand at a time. */
function* stepsOf(present: Uint8Array): Generator<Int32Array> {
  const step = new Int32Array(rowsPerStep);
  let length = 0;
  for (let ordinal = 0; ordinal < present.length; ordinal++) {
    if (!present[ordinal]) continue;
    step[length++] = ordinal;
    if (length === rowsPerStep) {
      yield step;
      length = 0;
    }
  }
  if (length > 0) yield step.subarray(0, length);
}

function directionOf(halves: Uint16Array, rows: number, dimensions: number): Float32Array {
  try {
    return meanDirection(halves, rows, dimensions);
  } catch (error) {
    if (!(error instanceof ModelInputError)) throw error;
    throw new InvalidStateError('These images have nothing in common. Start with fewer of them.');
  }
}
