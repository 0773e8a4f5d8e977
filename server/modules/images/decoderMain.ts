/** Entry point of a decoder process. It prepares one image at a time. */
import type { RefusalReason } from '../../../shared/enums';
import { serveTasks } from '../../processes/serveTasks';
import { prepareImage, type PreparedImage, type PrepareOrder } from './imageFile';
import { RefusedFileError } from './refusedFile';

export type PrepareAnswer =
  { prepared: PreparedImage } | { refusal: { reason: RefusalReason; message: string } };

serveTasks<PrepareOrder, PrepareAnswer>(async (order, reserve) => {
  try {
    return { prepared: await prepareImage(order, reserve) };
  } catch (error) {
    if (!(error instanceof RefusedFileError)) throw error;
    return { refusal: { reason: error.reason, message: error.message } };
  } finally {
    // The bytes of this file must not stand in the memory of the next one.
    global.gc?.();
  }
});
