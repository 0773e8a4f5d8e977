/**
 * Limits that server and client share. The server enforces all of them. It returns those that
 * scripts need in `capabilities.limits`.
 */
export const limits = {
  /** Bytes of one image file. */
  maxFileBytes: 64 * 1024 * 1024,
  /** Bytes of one zip archive. */
  maxArchiveBytes: 64 * 1024 * 1024 * 1024,
  /** Pixels of one decoded image. */
  maxPixels: 50_000_000,
  /** Pixels of one side of an image. */
  maxSide: 65_535,
  /** Entries of one zip archive, with folders. */
  maxArchiveEntries: 1_000_000,
  /** Bytes of all files of one zip archive when they are unpacked. */
  maxUnpackedBytes: 256 * 1024 * 1024 * 1024,
  maxPageSize: 500,
  maxTicketsPerCall: 200,
  maxLabelsPerCall: 200,
  maxTasksPerCall: 100,
  /** Images that a similarity search can start from. */
  maxExamples: 50,
  maxClasses: 2_000,
  maxNameLength: 120,
  maxFileNameLength: 1_024,
  /** Bytes of a file name in UTF-8. An index of the database takes 2,704. */
  maxFileNameBytes: 2_560,
  maxAutoRetrainAfter: 100_000,
  /** Answers that one image can need. */
  maxOverlap: 5,
  maxGoldImages: 1_000,
  /** Labels that one person gives to one image, with those that were replaced or undone. */
  maxAnswersPerImage: 200,
  /** Labels of one image in one answer. */
  maxLabelsShown: 50,
} as const;

/** Images in one grid of the confirm lane. */
export const confirmGridSize = 24;
/**
 * If the consensus score (0 to 1) of an image with different answers is below this, it goes to
 * review.
 */
export const doubtfulConsensus = 0.5;
/** Predictions that the digit keys choose on the label page. */
export const predictionKeyCount = 5;
