import { LRUCache } from 'lru-cache';
import { decodePixels, type FeatureMap, type BackboneSession } from '../../../models/backbones';
import { ModelInputError } from '../../../models/errors';
import { classMap, heatOf, isMeanPooled, logitGradient } from '../../../models/explain';
import { ExplanationMethod } from '../../../shared/enums';
import type { BlindGuard } from '../../domain/blind';
import type { Viewer } from '../../domain/viewer';
import { InvalidInputError, InvalidStateError } from '../../domain/errors';
import type { ImageStore } from '../../storage/imageStore';
import { imageKey } from '../../storage/imageKeys';
import type { EmbeddingService } from '../embeddings/embedding.service';
import type { Image } from '../images/image.ports';
import type { ImageService } from '../images/image.service';
import type { PublishedModels, StoredModel } from '../training/model.ports';
import type { ExplainPredictionArgs, ExplanationType } from './explanation.type';
import type { PredictionRepository } from './prediction.repository';

/** The cache holds this many feature maps, each up to half a megabyte. */
const maxCachedMaps = 24;

export interface ExplanationServiceParts {
  images: ImageService;
  predictions: PredictionRepository;
  models: PublishedModels;
  store: ImageStore;
  embeddings: EmbeddingService;
  blinds: BlindGuard;
}

/**
 * Explains predictions on request. A forward pass takes milliseconds, on one thread and one at a
 * time, so the process keeps answering. Classes of one image share the pass. If the closed form
 * does not apply, each class costs a gradient on the same thread.
 */
export class ExplanationService {
  private readonly maps = new LRUCache<string, Promise<FeatureMap>>({ max: maxCachedMaps });
  private passes: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: ExplanationServiceParts) {}

  async explain(viewer: Viewer | null, args: ExplainPredictionArgs): Promise<ExplanationType> {
    const { imageId } = args;
    const image = await this.parts.images.open(viewer, imageId, 'view');
    if ((await this.parts.blinds.of(viewer)).predictions.has(imageId))
      throw new InvalidStateError(
        'You hold a task that hides the prediction of this image. Answer or release it first.',
      );
    const prediction = (await this.parts.predictions.current([imageId])).get(imageId);
    const model = prediction && (await this.parts.models.load(prediction.runId));
    if (!prediction || !model)
      throw new InvalidStateError(
        'This image has no prediction yet. It gets one when it is embedded and a run is published.',
      );
    const classId = args.classId ?? prediction.classId;
    const column = model.classIds.indexOf(classId);
    if (column < 0)
      throw new InvalidInputError(
        'classId',
        'The current model does not know this class. Label an image of it and retrain.',
      );
    const { map, method } = await this.classMap(image, model, column);
    return {
      runId: model.runId,
      classId,
      width: map.width,
      height: map.height,
      values: Array.from(heatOf(map)),
      largest: Math.max(0, ...map.values),
      logit: map.logit,
      method,
    };
  }

  async dispose(): Promise<void> {
    await this.passes;
    await this.parts.embeddings.dispose();
  }

  /**
   * In closed form if it applies. Otherwise the backbone's thread differentiates, in about half a
   * second.
   */
  private async classMap(image: Image, { backboneId, head }: StoredModel, column: number) {
    const map = await this.featureMap(image, backboneId);
    try {
      if (isMeanPooled(map))
        return { map: classMap(map, head, column), method: ExplanationMethod.CLOSED_FORM };
      const session = await this.session(backboneId);
      const gradient = await session.channelGradient(map, logitGradient(map, head, column));
      return {
        map: classMap(map, head, column, gradient),
        method: ExplanationMethod.AUTOMATIC_DIFFERENTIATION,
      };
    } catch (error) {
      throw asInvalidState(error);
    }
  }

  private async session(backboneId: string): Promise<BackboneSession> {
    const { embeddings } = this.parts;
    if (!embeddings.has(backboneId)) await embeddings.refresh();
    const session = await embeddings.session(backboneId);
    if (session) return session;
    throw new InvalidStateError(
      `This server does not have the backbone ${backboneId}, so its predictions cannot be explained here.`,
    );
  }

  private featureMap(image: Image, backboneId: string): Promise<FeatureMap> {
    const key = `${image.id} ${backboneId}`;
    const cached = this.maps.get(key);
    if (cached) return cached;
    const map = this.compute(image, backboneId);
    this.maps.set(key, map);
    map.catch(() => this.maps.delete(key));
    return map;
  }

  private compute({ id, datasetId }: Image, backboneId: string): Promise<FeatureMap> {
    const pass = this.passes.then(async () => {
      const session = await this.session(backboneId);
      const { path, release } = await this.parts.store.localFile(imageKey(datasetId, id));
      try {
        return await session.featureMap(await decodePixels(path, session.backbone.inputSize));
      } catch (error) {
        throw asInvalidState(error);
      } finally {
        await release();
      }
    });
    this.passes = pass.catch(() => {});
    return pass;
  }
}

/** Reports a refusal of the models with their message. */
function asInvalidState(error: unknown): unknown {
  return error instanceof ModelInputError
    ? new InvalidStateError(`This prediction cannot be explained: ${error.message}.`)
    : error;
}
