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
export const uploadKey = (ticketId: string) => `uploads/${ticketId}`;
