import { RefusalReason, UploadKind } from '../../../../shared/enums';
import { limits } from '../../../../shared/limits';
import type { Viewer } from '../../../domain/viewer';
import { ForbiddenError, InvalidInputError, LimitExceededError } from '../../../domain/errors';
import { cleanName } from '../../../domain/names';
import { safeRelativePath } from '../fileNames';
import type { UploadFileInput } from './upload.input';
import type { RefusalRecord, UploadTicket } from './uploadTicket.entity';

/**
 * Only the person who requested a ticket can use it, because its images and labels become that
 * person's.
 */
export function refuseForeign(ticket: UploadTicket, person: Viewer): void {
  if (ticket.userId !== person.id)
    throw new ForbiddenError('This ticket belongs to another person. Request your own.');
}

/** The ticket stays open, so the bytes can still be sent. */
export function pendingRefusal(ticket: UploadTicket): RefusalRecord | null {
  if (ticket.completedAt) return null;
  const expired = ticket.expiresAt < new Date();
  return {
    fileName: ticket.fileName,
    reason: expired ? RefusalReason.EXPIRED : RefusalReason.NOT_UPLOADED,
    message: expired
      ? 'The ticket has expired. Request a new one.'
      : 'The bytes have not arrived. PUT them to the ticket’s url, then complete again.',
  };
}

/** Returns the checked data of an announced file. @throws InvalidInputError, LimitExceededError */
export function checkedFile(file: UploadFileInput) {
  const maximum = file.kind === UploadKind.ARCHIVE ? limits.maxArchiveBytes : limits.maxFileBytes;
  if (!Number.isInteger(file.byteSize) || file.byteSize < 0)
    throw new InvalidInputError('byteSize', `${file.fileName}: give the number of bytes.`);
  if (file.byteSize > maximum)
    throw new LimitExceededError(`bytes in ${file.fileName}`, maximum, file.byteSize);
  const fileName = safeRelativePath(file.fileName);
  if (!fileName)
    throw new InvalidInputError(
      'fileName',
      `“${file.fileName.slice(0, 80)}” is not a relative path within a folder. Use one like cat/1.jpg.`,
    );
  return {
    fileName,
    byteSize: String(file.byteSize),
    kind: file.kind,
    className: file.className ? cleanName('className', file.className) : null,
    labelsFromFolders: file.labelsFromFolders,
    heldOut: file.heldOut,
  };
}
