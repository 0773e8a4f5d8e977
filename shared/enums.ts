/** Values that the schema, the tables, the server and the client share. */
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
  /** Single images, most informative first. */
  HARD = 'HARD',
  /** Grids of one predicted class. */
  CONFIRM = 'CONFIRM',
  /** Labels and answers that contradict each other or the model: a person checks them. */
  REVIEW = 'REVIEW',
  /** A random sample that a certificate rests on. Predictions stay hidden. */
  AUDIT = 'AUDIT',
}

/** The reason for an image's place in the queue. */
export enum QueueReason {
  /** Many images are similar to it, and none of them has a label yet. */
  COVER = 'COVER',
  /** The model is uncertain about it and about similar images. */
  UNCERTAIN = 'UNCERTAIN',
  /**
   * The next image in the dataset's fixed random order. Such labels are an unbiased sample of the
   * dataset.
   */
  RANDOM = 'RANDOM',
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
  /** Recipes that train a network: epoch by epoch. */
  TRAIN = 'TRAIN',
  /** Recipes that train a network: every image is embedded with it. */
  EMBED = 'EMBED',
  FIT = 'FIT',
  EVALUATE = 'EVALUATE',
  RESCORE = 'RESCORE',
  ORDER = 'ORDER',
  PUBLISH = 'PUBLISH',
}

/** How training treats classes with few labels. */
export enum ClassBalance {
  NONE = 'NONE',
  /** Each class has the same weight in the loss. */
  WEIGHTED = 'WEIGHTED',
  /** Images of small classes are used more often. */
  OVERSAMPLED = 'OVERSAMPLED',
  /** Only a part of each large class is used. */
  UNDERSAMPLED = 'UNDERSAMPLED',
}

export enum RetrainRunTrigger {
  MANUAL = 'MANUAL',
  AUTOMATIC = 'AUTOMATIC',
  /** Every image is embedded with the dataset's next backbone. */
  BACKBONE_CHANGED = 'BACKBONE_CHANGED',
}

/** How the predictions of two runs for one image differ. */
export enum RunChangeKind {
  /** Another class, or the same class with a different confidence. */
  ALL = 'ALL',
  CHANGED_CLASS = 'CHANGED_CLASS',
  GAINED = 'GAINED',
  LOST = 'LOST',
}

/** Advice whether more labels are worth the effort. */
export enum StopAdvice {
  CONTINUE = 'CONTINUE',
  NEARLY = 'NEARLY',
  STOP = 'STOP',
}

/** The reason for the advice. */
export enum ForecastReason {
  /** There are too few measurements. */
  TOO_EARLY = 'TOO_EARLY',
  /** The low end of the interval has reached the target. */
  REACHED = 'REACHED',
  /** The target is at most a hundred labels away. */
  CLOSE = 'CLOSE',
  /** More labels hardly improve the accuracy, and the target is not reached. */
  FLAT = 'FLAT',
  /** Accuracy still rises, but probably not to the target. */
  OUT_OF_REACH = 'OUT_OF_REACH',
  ON_THE_WAY = 'ON_THE_WAY',
}

/** The labels that accuracy was measured on. */
export enum AccuracySource {
  /** Labels that form a random sample of the dataset: an unbiased estimate. */
  RANDOM_SAMPLE = 'RANDOM_SAMPLE',
  /**
   * Labels set aside for testing, used while the random sample is small. They are biased towards
   * images that the queue asked for.
   */
  TEST_SPLIT = 'TEST_SPLIT',
}

/** The method that computed a heat map. */
export enum ExplanationMethod {
  /** Exact, for a backbone that averages its feature map, under a linear head. */
  CLOSED_FORM = 'CLOSED_FORM',
  /** Grad-CAM by automatic differentiation, for every other backbone with a feature map. */
  AUTOMATIC_DIFFERENTIATION = 'AUTOMATIC_DIFFERENTIATION',
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
  CANCELLED = 'CANCELLED',
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
  SIDE_TOO_LONG = 'SIDE_TOO_LONG',
  TOO_SLOW = 'TOO_SLOW',
  TOO_MUCH_MEMORY = 'TOO_MUCH_MEMORY',
  DECODER_ENDED = 'DECODER_ENDED',
  OVERLAPPING = 'OVERLAPPING',
  COMPRESSED_TOO_MUCH = 'COMPRESSED_TOO_MUCH',
  TOO_MANY_CLASSES = 'TOO_MANY_CLASSES',
  NOT_STORED = 'NOT_STORED',
}

export enum ExportInclude {
  LABELS = 'LABELS',
  LABELS_AND_PREDICTIONS = 'LABELS_AND_PREDICTIONS',
}

export enum CertificateStatus {
  /** Its audit waits for answers. */
  AUDITING = 'AUDITING',
  ISSUED = 'ISSUED',
  REFUSED = 'REFUSED',
  CANCELLED = 'CANCELLED',
  /** Something that it rests on has changed. */
  VOID = 'VOID',
}

export enum CertificateVoidReason {
  NEW_IMAGES = 'NEW_IMAGES',
  /** Another certificate was started. */
  NEW_THRESHOLD = 'NEW_THRESHOLD',
  CLASSES_CHANGED = 'CLASSES_CHANGED',
  /** An answer of the audit was undone or contradicted. */
  AUDIT_CHANGED = 'AUDIT_CHANGED',
}

/** The reason why no certificate is possible. */
export enum CertificateObstacle {
  /** No run has been published. */
  NO_MODEL = 'NO_MODEL',
  /** Every image is labelled, or no prediction reaches the threshold. */
  NOTHING_TO_ACCEPT = 'NOTHING_TO_ACCEPT',
  /** The audit would need as many images as it saves. */
  NOTHING_TO_SAVE = 'NOTHING_TO_SAVE',
  /** An audit is already open. */
  AUDIT_OPEN = 'AUDIT_OPEN',
}

/** Which images several people answer. */
export enum OverlapMode {
  /** None: one answer settles an image. */
  NONE = 'NONE',
  /** A fixed random share of the images. */
  SHARE = 'SHARE',
  /** The images whose consensus is most in doubt, chosen again by each run. */
  AUTOMATIC = 'AUTOMATIC',
}

/** The reason why an image waits in review. */
export enum ReviewReason {
  /** An out-of-fold model predicts another class. */
  LABEL_ERROR = 'LABEL_ERROR',
  /** A near-duplicate has another label. */
  NEAR_DUPLICATE = 'NEAR_DUPLICATE',
  /** People gave different answers, and neither people nor model decide. */
  DISAGREEMENT = 'DISAGREEMENT',
}
