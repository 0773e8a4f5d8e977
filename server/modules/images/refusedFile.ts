import type { RefusalReason } from '../../../shared/enums';

/** A file that is refused, with the reason. */
export class RefusedFileError extends Error {
  constructor(
    readonly reason: RefusalReason,
    message: string,
  ) {
    super(message);
  }
}
