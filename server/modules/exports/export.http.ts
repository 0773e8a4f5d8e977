import { Router, type Request, type Response } from 'express';
import { validate as isUuid } from 'uuid';
import type { Viewer } from '../../domain/viewer';
import type { Download, ExportService } from './export.service';

/** Serves `GET /exports/:id` under `/files`: the zip is written while it is sent. */
export function exportRoutes(
  viewerOf: (request: Request) => Promise<Viewer | null>,
  exports: ExportService,
): Router {
  const router = Router();
  router.get('/exports/:id', async (request, response) => {
    const { id } = request.params;
    if (!isUuid(id))
      return void response.status(404).json({ message: 'There is no export with this id.' });
    const viewer = await viewerOf(request);
    const { found } = await exports.open(viewer, id);
    if (request.method === 'HEAD') return void response.type('zip').end();
    const download = await exports.download(viewer, found, () => response.closed);
    if (download) await send(download, response);
  });
  return router;
}

async function send(download: Download, response: Response): Promise<void> {
  try {
    response.setHeader('Content-Type', 'application/zip');
    response.setHeader('Cache-Control', 'no-store');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    response.setHeader('Content-Disposition', attachment(download.fileName));
    await download.archive.writeTo(response);
  } catch (error) {
    // After the first bytes, only a closed connection can still signal a failure.
    const wentAway = (error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE';
    if (!wentAway) throw error;
  } finally {
    await download.dispose();
  }
}

/** Plain for old clients, UTF-8 for the others (RFC 6266). */
function attachment(fileName: string): string {
  const plain = fileName.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(fileName).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
