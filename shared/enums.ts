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
  /** One by one: what is worth asking about next. */
  HARD = 'HARD',
  /** Grids of one predicted class. */
  CONFIRM = 'CONFIRM',
  /** Labels and answers that do not fit: somebody looks again. */
  REVIEW = 'REVIEW',
  /** A random sample that a certificate rests on; predictions stay hidden. */
  AUDIT = 'AUDIT',
}

/** Why an image stands where it does in the queue. */
export enum QueueReason {
  /** It stands for many others, and nothing like them has a label yet. */
  COVER = 'COVER',
  /** The model is unsure of it and of what is like it. */
  UNCERTAIN = 'UNCERTAIN',
  /** The next in the dataset's fixed random order: such labels say without bias what the dataset is like. */
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

/** What is done about classes with few labels while a network is trained. */
export enum ClassBalance {
  NONE = 'NONE',
  /** Each class counts alike in the loss. */
  WEIGHTED = 'WEIGHTED',
  /** Images of small classes are shown more often. */
  OVERSAMPLED = 'OVERSAMPLED',
  /** Large classes are shown only in part. */
  UNDERSAMPLED = 'UNDERSAMPLED',
}

export enum RetrainRunTrigger {
  MANUAL = 'MANUAL',
  AUTOMATIC = 'AUTOMATIC',
  /** Every image is embedded with the dataset's next backbone. */
  BACKBONE_CHANGED = 'BACKBONE_CHANGED',
}

/** How what two runs say of an image differs. */
export enum RunChangeKind {
  /** Another class, or the same one with more or less confidence. */
  ALL = 'ALL',
  CHANGED_CLASS = 'CHANGED_CLASS',
  GAINED = 'GAINED',
  LOST = 'LOST',
}

/** Whether more labels are worth giving. */
export enum StopAdvice {
  CONTINUE = 'CONTINUE',
  NEARLY = 'NEARLY',
  STOP = 'STOP',
}

/** Why. */
export enum ForecastReason {
  /** Too little was measured to say anything. */
  TOO_EARLY = 'TOO_EARLY',
  /** Even the low end of the interval is at the target. */
  REACHED = 'REACHED',
  /** The target is at most a hundred labels away. */
  CLOSE = 'CLOSE',
  /** More labels bring next to nothing, and not the target. */
  FLAT = 'FLAT',
  /** Accuracy still rises, but hardly to the target. */
  OUT_OF_REACH = 'OUT_OF_REACH',
  ON_THE_WAY = 'ON_THE_WAY',
}

/** What accuracy was measured on. */
export enum AccuracySource {
  /** Labels that form a random sample of the dataset: an honest estimate. */
  RANDOM_SAMPLE = 'RANDOM_SAMPLE',
  /** Labels set aside for testing: while the random sample is small. They lean towards what was asked about. */
  TEST_SPLIT = 'TEST_SPLIT',
}

/** How the map of an explanation was found. */
export enum ExplanationMethod {
  /** Exact, for a backbone that averages its feature map under a linear head. */
  CLOSED_FORM = 'CLOSED_FORM',
  /** Grad-CAM by automatic differentiation, for every other backbone that gives a feature map. */
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

export enum CertificateStatus {
  /** Its audit waits for answers. */
  AUDITING = 'AUDITING',
  ISSUED = 'ISSUED',
  REFUSED = 'REFUSED',
  CANCELLED = 'CANCELLED',
  /** What it stood on has changed. */
  VOID = 'VOID',
}

export enum CertificateVoidReason {
  NEW_IMAGES = 'NEW_IMAGES',
  /** Another one was begun. */
  NEW_THRESHOLD = 'NEW_THRESHOLD',
  CLASSES_CHANGED = 'CLASSES_CHANGED',
  /** An answer of the audit was taken back or contradicted. */
  AUDIT_CHANGED = 'AUDIT_CHANGED',
}

/** Why no certificate can be had. */
export enum CertificateObstacle {
  /** No run has been published. */
  NO_MODEL = 'NO_MODEL',
  /** Every image is labelled, or none is as sure as the threshold. */
  NOTHING_TO_ACCEPT = 'NOTHING_TO_ACCEPT',
  /** The audit would take as many images as it saves. */
  NOTHING_TO_SAVE = 'NOTHING_TO_SAVE',
  /** An audit is open already. */
  AUDIT_OPEN = 'AUDIT_OPEN',
}

/** Which images are answered by several people. */
export enum OverlapMode {
  /** None: one answer settles an image. */
  NONE = 'NONE',
  /** A fixed share of the images, drawn at random. */
  SHARE = 'SHARE',
  /** Those whose answers are most in doubt, found anew by each run. */
  AUTOMATIC = 'AUTOMATIC',
}

/** Why an image stands in the lane review. */
export enum ReviewReason {
  /** The model would have given another label, had it never seen this one. */
  LABEL_ERROR = 'LABEL_ERROR',
  /** Nearly the same image has another label. */
  NEAR_DUPLICATE = 'NEAR_DUPLICATE',
  /** People gave different answers, and neither people nor model settle it. */
  DISAGREEMENT = 'DISAGREEMENT',
}
