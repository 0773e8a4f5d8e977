/** Values that stand in the schema, in tables and in both programs. */
export enum Split {
  TRAIN = 'TRAIN',
  VALIDATION = 'VALIDATION',
  TEST = 'TEST',
}

export enum LabelOrigin {
  HAND = 'HAND',
  CONFIRMED = 'CONFIRMED',
  IMPORTED = 'IMPORTED',
}

export enum Lane {
  HARD = 'HARD',
  CONFIRM = 'CONFIRM',
}

export enum Recipe {
  HEAD = 'HEAD',
  FINETUNE = 'FINETUNE',
  SCRATCH = 'SCRATCH',
}

export enum RetrainRunStatus {
  QUEUED = 'QUEUED',
  RUNNING = 'RUNNING',
  PUBLISHED = 'PUBLISHED',
  FAILED = 'FAILED',
  CANCELLED = 'CANCELLED',
}

export enum RetrainRunPhase {
  SNAPSHOT = 'SNAPSHOT',
  FIT = 'FIT',
  EVALUATE = 'EVALUATE',
  RESCORE = 'RESCORE',
  ORDER = 'ORDER',
  PUBLISH = 'PUBLISH',
}

export enum RetrainRunTrigger {
  MANUAL = 'MANUAL',
  AUTOMATIC = 'AUTOMATIC',
  /** Every image is embedded with the dataset's next backbone. */
  BACKBONE_CHANGED = 'BACKBONE_CHANGED',
}

/** How the map of an explanation was found. */
export enum ExplanationMethod {
  /** Exact, for a backbone that averages its feature map under a linear head. */
  CLOSED_FORM = 'CLOSED_FORM',
}

export enum ImageOrder {
  UPLOADED = 'UPLOADED',
  NAME = 'NAME',
  LEAST_CONFIDENT = 'LEAST_CONFIDENT',
  MOST_CONFIDENT = 'MOST_CONFIDENT',
  RECENTLY_LABELLED = 'RECENTLY_LABELLED',
}

export enum UploadKind {
  IMAGE = 'IMAGE',
  ARCHIVE = 'ARCHIVE',
}

export enum ImportStatus {
  WAITING = 'WAITING',
  RUNNING = 'RUNNING',
  DONE = 'DONE',
  FAILED = 'FAILED',
}

export enum RefusalReason {
  NOT_AN_IMAGE = 'NOT_AN_IMAGE',
  TRUNCATED = 'TRUNCATED',
  UNSUPPORTED_FORMAT = 'UNSUPPORTED_FORMAT',
  TOO_MANY_PIXELS = 'TOO_MANY_PIXELS',
  TOO_LARGE = 'TOO_LARGE',
  EMPTY = 'EMPTY',
  UNSAFE_PATH = 'UNSAFE_PATH',
  SIZE_MISMATCH = 'SIZE_MISMATCH',
  UNREADABLE_ARCHIVE = 'UNREADABLE_ARCHIVE',
  ENCRYPTED = 'ENCRYPTED',
  NOT_UPLOADED = 'NOT_UPLOADED',
  EXPIRED = 'EXPIRED',
}

export enum ExportInclude {
  LABELS = 'LABELS',
  LABELS_AND_PREDICTIONS = 'LABELS_AND_PREDICTIONS',
}
