/**
 * Folders hold at most a few thousand files, because the last two hex digits of a v7 UUID are
 * random.
 */
const place = (datasetId: string, imageId: string) =>
  `${datasetId}/${imageId.slice(-2)}/${imageId}`;

export const imageKey = (datasetId: string, imageId: string) =>
  `images/${place(datasetId, imageId)}`;
export const thumbnailKey = (datasetId: string, imageId: string) =>
  `thumbnails/${place(datasetId, imageId)}.webp`;
/** Names of objects without their folders. The first group is the id. */
export const objectNames = {
  file: /^([0-9a-f-]{36})$/,
  thumbnail: /^([0-9a-f-]{36})\.webp$/,
} as const;

export const uploadKey = (ticketId: string) => `uploads/${ticketId}`;
