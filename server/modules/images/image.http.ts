import { Router, type Request, type Response } from 'express';
import { LRUCache } from 'lru-cache';
import { validate as isUuid } from 'uuid';
import type { Viewer } from '../../domain/viewer';
import type { ImageStore } from '../../storage/imageStore';
import type { Image } from './image.entity';
import { imageKey, thumbnailKey } from '../../storage/imageKeys';
import type { ImageService } from './image.service';
import { sendStored } from './sendStored';
import type { UploadService } from './uploads/upload.service';

/** The fields of a stored image that never change. */
type Served = Pick<Image, 'id' | 'datasetId' | 'mediaType'>;

/** Routes for bytes in and out. Everything else goes through GraphQL. */
export function imageRoutes(
  viewerOf: (request: Request) => Promise<Viewer | null>,
  images: ImageService,
  uploads: UploadService,
  store: ImageStore,
): Router {
  const known = new LRUCache<string, Served>({ max: 50_000 });

  async function open(request: Request<{ id: string }>): Promise<Served | undefined> {
    const { id } = request.params;
    if (!isUuid(id)) return undefined;
    const viewer = await viewerOf(request);
    const cached = viewer && known.get(`${viewer.id}:${id}`);
    if (cached) return cached;
    const image = await images.open(viewer, id, 'view');
    // A whole row would take much more memory.
    const served = { id, datasetId: image.datasetId, mediaType: image.mediaType };
    known.set(`${viewer?.id}:${id}`, served);
    return served;
  }

  async function serve(request: Request<{ id: string }>, response: Response, thumbnail: boolean) {
    const image = await open(request);
    if (!image)
      return void response.status(404).json({ message: 'There is no image with this id.' });
    const keyOf = thumbnail ? thumbnailKey : imageKey;
    // The browser asks each time, so that a person who lost access sees nothing from its cache.
    response.setHeader('Cache-Control', 'private, no-cache');
    response.setHeader('ETag', `"${image.id}${thumbnail ? 't' : ''}"`);
    if (request.fresh) return void response.status(304).end();
    response.type(thumbnail ? 'image/webp' : image.mediaType);
    await sendStored(store, keyOf(image.datasetId, image.id), request, response);
  }

  const router = Router();
  router.get('/images/:id', (request, response) => serve(request, response, false));
  router.get('/thumbnails/:id', (request, response) => serve(request, response, true));
  router.put('/uploads/:id', async (request, response) => {
    const { id } = request.params;
    if (!isUuid(id))
      return void response.status(404).json({ message: 'There is no ticket with this id.' });
    await uploads.receive(await viewerOf(request), id, request);
    response.status(204).end();
  });
  return router;
}
