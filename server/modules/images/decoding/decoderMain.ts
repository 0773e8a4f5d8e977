/** Entry point of a decoder process. It prepares one image at a time. */
import type { RefusalReason } from '../../../../shared/enums';
import { serveTasks, type Reserve } from '../../../processes/serveTasks';
import { prepareImage, type PreparedImage, type PrepareOrder } from './imageFile';
import { RefusedFileError } from '../refusedFile';

export type PrepareAnswer =
  { prepared: PreparedImage } | { refusal: { reason: RefusalReason; message: string } };

/**
 * Size of a small image in MiB. Every process has room for one small image and as much garbage. For
 * a small image a process neither asks the pool for memory nor collects garbage, because each of
 * these takes longer than reading the image.
 */
const smallMiB = 8;

const collect = () => global.gc?.();

serveTasks<PrepareOrder, PrepareAnswer>(async (order, reserve) => {
  const reserveIfLarge: Reserve = async (mebibytes) => {
    if (mebibytes <= smallMiB) return;
    collect();
    await reserve(mebibytes);
  };
  try {
    return { prepared: await prepareImage(order, reserveIfLarge) };
  } catch (error) {
    if (!(error instanceof RefusedFileError)) throw error;
    return { refusal: { reason: error.reason, message: error.message } };
  } finally {
    if (process.memoryUsage().arrayBuffers > smallMiB * 2 ** 20) collect();
  }
});
