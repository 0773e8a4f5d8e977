import type { RefusalReason } from '../../gql/operations';
import type { UploadState } from './uploadTypes';

export const stateWords: Record<UploadState, string> = {
  waiting: 'Waiting',
  ticketed: 'Waiting',
  sending: 'Sending',
  sent: 'Checking',
  done: 'Added',
  duplicate: 'Duplicate',
  refused: 'Refused',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

export const reasonWords: Record<RefusalReason | 'NETWORK', string> = {
  NOT_AN_IMAGE: 'Not an image',
  TRUNCATED: 'Truncated',
  UNSUPPORTED_FORMAT: 'Unsupported format',
  TOO_MANY_PIXELS: 'Too many pixels',
  TOO_LARGE: 'Too large',
  EMPTY: 'Empty file',
  UNSAFE_PATH: 'Unsafe path',
  SIZE_MISMATCH: 'Size differs',
  UNREADABLE_ARCHIVE: 'Unreadable archive',
  ENCRYPTED: 'Encrypted',
  NOT_UPLOADED: 'Not uploaded',
  EXPIRED: 'Expired',
  SIDE_TOO_LONG: 'Side too long',
  TOO_SLOW: 'Takes too long',
  TOO_MUCH_MEMORY: 'Needs too much memory',
  DECODER_ENDED: 'Unreadable',
  OVERLAPPING: 'Overlapping entries',
  COMPRESSED_TOO_MUCH: 'Compressed too much',
  TOO_MANY_CLASSES: 'Too many classes',
  NOT_STORED: 'Not stored',
  NETWORK: 'Connection lost',
};
