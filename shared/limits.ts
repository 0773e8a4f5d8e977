/** What both sides agree on; the server enforces every one of them and tells it in `capabilities.limits`. */
export const limits = {
  /** Bytes of one image file. */
  maxFileBytes: 64 * 1024 * 1024,
  /** Bytes of one zip archive. */
  maxArchiveBytes: 64 * 1024 * 1024 * 1024,
  /** Pixels of one decoded image. */
  maxPixels: 50_000_000,
  maxPageSize: 500,
  maxTicketsPerCall: 200,
  maxLabelsPerCall: 200,
  maxTasksPerCall: 100,
  /** Images that a search may begin with. */
  maxExamples: 50,
  maxClasses: 2_000,
  maxNameLength: 120,
  maxFileNameLength: 1_024,
  maxAutoRetrainAfter: 100_000,
  /** Answers that an image may be asked for. */
  maxOverlap: 5,
  maxGoldImages: 1_000,
} as const;

/** Images in one grid of the confirm lane. */
export const confirmGridSize = 24;
/** Below this score of the consensus (0 to 1), an image whose answers differ is shown to somebody again. */
export const doubtfulConsensus = 0.5;
/** Predictions that a digit picks on the label page. */
export const predictionKeyCount = 5;
