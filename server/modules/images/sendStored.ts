import type { Request, Response } from 'express';
import { pipeline } from 'node:stream/promises';
import type { ByteRange, ImageStore } from '../../storage/imageStore';

/** Sends a stored object, or the range of it that the request asks for (RFC 9110, section 14). */
export async function sendStored(
  store: ImageStore,
  key: string,
  request: Request,
  response: Response,
): Promise<void> {
  let isOutside = false;
  const { stream } = await store.stream(key, (byteSize) => {
    const range = rangeOf(request, byteSize);
    isOutside = range === 'outside';
    const sent = typeof range === 'object' ? range : undefined;
    describe(response, byteSize, sent);
    if (isOutside) response.setHeader('Content-Range', `bytes */${byteSize}`);
    return sent;
  });
  if (isOutside) {
    stream.destroy();
    response.removeHeader('Content-Length');
    return void response.status(416).end();
  }
  await pipeline(stream, response).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  });
}

/** Several ranges are answered with the whole object, as the standard allows. */
function rangeOf(request: Request, byteSize: number): ByteRange | 'outside' | undefined {
  const ranges = request.range(byteSize, { combine: true });
  if (ranges === -1) return 'outside';
  const isOneRange = Array.isArray(ranges) && ranges.type === 'bytes' && ranges.length === 1;
  return isOneRange ? ranges[0] : undefined;
}

function describe(response: Response, byteSize: number, range: ByteRange | undefined): void {
  response.setHeader('Accept-Ranges', 'bytes');
  response.setHeader('Content-Length', range ? range.end - range.start + 1 : byteSize);
  if (!range) return;
  response.status(206);
  response.setHeader('Content-Range', `bytes ${range.start}-${range.end}/${byteSize}`);
}
