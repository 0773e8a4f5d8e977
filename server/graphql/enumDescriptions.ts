import type * as enums from '../../shared/enums';

type EnumDescriptions = {
  [Name in keyof typeof enums]: [
    description: string,
    values: Record<keyof (typeof enums)[Name], string>,
  ];
};

/** The descriptions of all shared enums in the schema. A missing one does not compile. */
export const enumDescriptions: EnumDescriptions = {
  Split: [
    'The part of the labels that a label belongs to.',
    { TRAIN: 'For training.', VALIDATION: 'For validation.', TEST: 'For the test.' },
  ],
  LabelOrigin: [
    'How a label was given.',
    {
      HAND: 'Chosen by a person for one image.',
      CONFIRMED: 'Confirmed in a grid.',
      IMPORTED: 'Imported with the file.',
    },
  ],
  Lane: [
    'The kinds of queue.',
    {
      HARD: 'Single images, most informative first.',
      CONFIRM: 'Grids of images with one predicted class.',
      REVIEW: 'Labels that contradict each other or the model, for a person to check.',
      AUDIT: 'A random sample that a certificate rests on. Predictions stay hidden.',
    },
  ],
  QueueReason: [
    'The reason for an image’s place in the queue.',
    {
      COVER: 'Many images are similar to it, and none of them has a label yet.',
      UNCERTAIN: 'The model is uncertain about it and about similar images.',
      RANDOM: 'It is next in the dataset’s fixed random order. One entry in 20 is.',
    },
  ],
  Recipe: [
    'How a run trains.',
    {
      HEAD: 'Fits a linear classifier on embeddings.',
      FINETUNE: 'Continues to train a backbone.',
      SCRATCH: 'Trains AlexNet from random weights.',
    },
  ],
  RetrainRunStatus: [
    'State of a run.',
    {
      QUEUED: 'It waits for a worker.',
      RUNNING: 'A worker runs it.',
      PUBLISHED: 'Its predictions were published.',
      FAILED: 'It failed.',
      CANCELLED: 'A person or a newer run cancelled it.',
    },
  ],
  RetrainRunPhase: [
    'Phase of a run, in order.',
    {
      SNAPSHOT: 'Reads the labels.',
      TRAIN: 'Trains a network, epoch by epoch.',
      EMBED: 'Embeds every image with the trained network.',
      FIT: 'Fits the head.',
      EVALUATE: 'Measures accuracy out of fold.',
      RESCORE: 'Predicts every image.',
      ORDER: 'Orders the queue.',
      PUBLISH: 'Publishes predictions, model and queue in one transaction.',
    },
  ],
  ClassBalance: [
    'How training treats classes with few labels.',
    {
      NONE: 'Every image counts the same.',
      WEIGHTED: 'Every class has the same weight in the loss.',
      OVERSAMPLED: 'Images of small classes are used more often.',
      UNDERSAMPLED: 'Only a part of each large class is used.',
    },
  ],
  RetrainRunTrigger: [
    'What started a run.',
    {
      MANUAL: 'A person.',
      AUTOMATIC: 'Enough new labels.',
      BACKBONE_CHANGED: 'Every image is embedded with the dataset’s next backbone.',
    },
  ],
  RunChangeKind: [
    'How the predictions of two runs for one image differ.',
    {
      ALL: 'Another class, or the same class with a different confidence.',
      CHANGED_CLASS: 'Another class.',
      GAINED: 'The same class with at least 0.01 more confidence.',
      LOST: 'The same class with at least 0.01 less confidence.',
    },
  ],
  StopAdvice: [
    'Advice whether more labels are worth the effort.',
    {
      CONTINUE: 'Label more.',
      NEARLY: 'The target is near.',
      STOP: 'More labels are not worth it.',
    },
  ],
  ForecastReason: [
    'The reason for the advice.',
    {
      TOO_EARLY: 'There are too few measurements.',
      REACHED: 'The low end of the interval has reached the target.',
      CLOSE: 'The target is at most a hundred labels away.',
      FLAT: 'More labels hardly improve the accuracy, and the target is not reached.',
      OUT_OF_REACH: 'Accuracy still rises, but probably not to the target.',
      ON_THE_WAY: 'Accuracy rises towards the target.',
    },
  ],
  AccuracySource: [
    'The labels that accuracy was measured on.',
    {
      RANDOM_SAMPLE: 'A random sample of the dataset: an unbiased estimate.',
      TEST_SPLIT:
        'Test labels, used while the random sample is small. They are biased towards images that ' +
        'the queue asked for.',
    },
  ],
  ExplanationMethod: [
    'The method that computed a heat map.',
    {
      CLOSED_FORM: 'Exact, for a backbone that averages its feature map, under a linear head.',
      AUTOMATIC_DIFFERENTIATION:
        'Grad-CAM by automatic differentiation, for every other backbone with a feature map.',
    },
  ],
  ImageOrder: [
    'Orders of the list of images.',
    {
      UPLOADED: 'In the order of upload.',
      NAME: 'By file name.',
      LEAST_CONFIDENT: 'Lowest confidence first.',
      MOST_CONFIDENT: 'Highest confidence first.',
      RECENTLY_LABELLED: 'Most recently labelled first.',
    },
  ],
  UploadKind: [
    'Kinds of upload.',
    { IMAGE: 'An image file.', ARCHIVE: 'A zip archive with images.' },
  ],
  ImportStatus: [
    'State of an import.',
    {
      WAITING: 'It waits for a worker.',
      RUNNING: 'A worker unpacks it.',
      DONE: 'Every file was read.',
      FAILED: 'It failed.',
      CANCELLED: 'A person cancelled it.',
    },
  ],
  RefusalReason: [
    'Reasons to refuse a file.',
    {
      NOT_AN_IMAGE: 'Its content is not an image.',
      TRUNCATED: 'The image is incomplete.',
      UNSUPPORTED_FORMAT: 'The image format is not supported.',
      TOO_MANY_PIXELS: 'The image has more pixels than limits.maxPixels.',
      TOO_LARGE: 'The file is larger than limits.maxFileBytes or limits.maxArchiveBytes.',
      EMPTY: 'The file is empty.',
      UNSAFE_PATH: 'Its name is not a safe relative path.',
      SIZE_MISMATCH: 'The received bytes do not match the announced size.',
      UNREADABLE_ARCHIVE: 'The archive cannot be read.',
      ENCRYPTED: 'The archive entry is encrypted.',
      NOT_UPLOADED: 'Its bytes were not received.',
      EXPIRED: 'Its upload ticket has ended.',
      SIDE_TOO_LONG: 'A side of the image has more pixels than limits.maxSide.',
      TOO_SLOW: 'Reading it takes longer than the server allows.',
      TOO_MUCH_MEMORY: 'Reading it needs more memory than the server allows.',
      DECODER_ENDED: 'The process that read it ended.',
      OVERLAPPING: 'The archive entry overlaps another one.',
      COMPRESSED_TOO_MUCH: 'The archive entry is far larger when it is unpacked.',
      TOO_MANY_CLASSES: 'The dataset has no room for its class.',
      NOT_STORED: 'The server could not store it.',
    },
  ],
  ExportInclude: [
    'Images that an export contains.',
    {
      LABELS: 'Labelled images.',
      LABELS_AND_PREDICTIONS: 'Labelled images, and predictions above a confidence.',
    },
  ],
  CertificateStatus: [
    'State of a certificate.',
    {
      AUDITING: 'Its audit waits for answers.',
      ISSUED: 'The audit passed.',
      REFUSED: 'The audit found too many wrong images.',
      CANCELLED: 'A person cancelled the audit.',
      VOID: 'Something that it rests on has changed.',
    },
  ],
  CertificateVoidReason: [
    'Reasons why a certificate is void.',
    {
      NEW_IMAGES: 'Images were added.',
      NEW_THRESHOLD: 'Another certificate was started.',
      CLASSES_CHANGED: 'The classes or a class name changed.',
      AUDIT_CHANGED: 'An answer of the audit was undone or contradicted.',
    },
  ],
  CertificateObstacle: [
    'The reason why no certificate is possible.',
    {
      NO_MODEL: 'No run has been published.',
      NOTHING_TO_ACCEPT: 'Every image is labelled, or no prediction reaches the threshold.',
      NOTHING_TO_SAVE: 'The audit would need as many images as it saves.',
      AUDIT_OPEN: 'An audit is already open.',
    },
  ],
  OverlapMode: [
    'Which images several people answer.',
    {
      NONE: 'None: one answer settles an image.',
      SHARE: 'A fixed random share of the images.',
      AUTOMATIC: 'The images whose consensus is most in doubt, chosen again by each run.',
    },
  ],
  ReviewReason: [
    'The reason why an image waits in review.',
    {
      LABEL_ERROR: 'An out-of-fold model predicts another class.',
      NEAR_DUPLICATE: 'A near-duplicate has another label.',
      DISAGREEMENT: 'People gave different answers, and neither people nor model decide.',
    },
  ],
};
