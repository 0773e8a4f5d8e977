/** Everything that a person can ask about an image, and what its answer depends on. */

export interface BlindScene {
  datasetId: string;
  /** The image of the task. */
  imageId: string;
  /** An image that is similar to it. */
  otherId: string;
  classIds: readonly string[];
  /** Another person's label of the image, in the scenes with answers. */
  labelId: string;
  runId: string;
  previousRunId: string;
  /** Cursor before the first event. */
  start: string;
}

export interface Question {
  query: string;
  variables: (scene: BlindScene) => object;
}

const ofImage = (fields: string): Question => ({
  query: `query ($id: ID!) { node(id: $id) { id ... on Image { ${fields} } } }`,
  variables: ({ imageId }) => ({ id: imageId }),
});
const ofDataset = (fields: string): Question => ({
  query: `query ($id: ID!) { dataset(id: $id) { ${fields} } }`,
  variables: ({ datasetId }) => ({ id: datasetId }),
});
const prediction =
  'prediction { class { id } confidence margin entropy top { class { id } confidence } }';
const listOf = (args: string): Question =>
  ofDataset(`images(first: 100, ${args}) { totalCount nodes { id ${prediction} } }`);
const byClass = (filter: (id: string) => string): Question => ({
  query:
    'query ($id: ID!, $a: ImageFilter, $b: ImageFilter, $c: ImageFilter) { dataset(id: $id) { ' +
    ['a', 'b', 'c']
      .map((name) => `${name}: images(first: 100, filter: $${name}) { totalCount nodes { id } }`)
      .join(' ') +
    ' } }',
  variables: ({ datasetId, classIds }) => {
    const [a, b, c] = classIds.map((id) => JSON.parse(filter(id)) as object);
    return { id: datasetId, a, b, c };
  },
});
const diff = `compared changedClass gained lost meanConfidenceChange
  transitions { count fromClass { id } toClass { id } }
  changes(kind: ALL, first: 100) { nodes { image { id } change fromClass { id } toClass { id }
    fromConfidence toConfidence } }`;
const share = '{ right count value }';

/** Questions whose answers depend on the model's answer for the image. */
export const predictionQuestions = {
  image: ofImage(`split version hidden ${prediction}`),
  nodes: {
    query: `query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Image { ${prediction} } } }`,
    variables: ({ imageId, otherId }) => ({ ids: [otherId, imageId] }),
  },
  list: listOf('orderBy: UPLOADED'),
  leastConfident: listOf('orderBy: LEAST_CONFIDENT'),
  mostConfident: listOf('orderBy: MOST_CONFIDENT'),
  minConfidence: listOf('filter: { minConfidence: 0.5 }'),
  maxConfidence: listOf('filter: { maxConfidence: 0.5 }'),
  predictedClass: byClass((id) => `{ "predictedClassId": "${id}" }`),
  predictedUnlabelled: byClass((id) => `{ "predictedClassId": "${id}", "labelled": false }`),
  classCounts: ofDataset(
    'classes { id predictedCount labelledCount nextGrid { images confidence } }',
  ),
  queue: ofDataset(
    'queue(first: 100) { nodes { reason image { id } } edges { node { image { id } } } }',
  ),
  explain: {
    query: 'query ($id: ID!) { explainPrediction(imageId: $id) { class { id } logit values } }',
    variables: ({ imageId }) => ({ id: imageId }),
  },
  similar: {
    query: `query ($id: ID!) { similarImages(imageIds: [$id], first: 100) { image { id ${prediction} } } }`,
    variables: ({ otherId }) => ({ id: otherId }),
  },
  similarFiltered: {
    query: `query ($id: ID!, $class: ID!) {
      similarImages(imageIds: [$id], first: 100, filter: { predictedClassId: $class }) { image { id } } }`,
    variables: ({ otherId, classIds }) => ({ id: otherId, class: classIds[0] }),
  },
  runDiff: {
    query: `query ($from: ID!, $to: ID!) { runDiff(fromRunId: $from, toRunId: $to) { ${diff} } }`,
    variables: ({ runId, previousRunId }) => ({ from: previousRunId, to: runId }),
  },
  changesSincePrevious: ofDataset(`currentRun { changesSincePrevious { ${diff} } }`),
  certificatePlan: {
    query: `query ($id: ID!) { certificatePlan(datasetId: $id, epsilon: 0.2, threshold: 0.5) {
      remaining chosen { accepted expectedErrorRate } curve { threshold accepted } } }`,
    variables: ({ datasetId }) => ({ id: datasetId }),
  },
} satisfies Record<string, Question>;

/** Questions whose answers depend on another person's answer to the image. */
export const answerQuestions = {
  image: ofImage(`consensus { class { id } decidedAt origin quality isDecided }
    labels { class { id } person { name } } split version review { givenClass { id } } gold { class { id } }`),
  label: {
    query: 'query ($id: ID!) { node(id: $id) { ... on Label { class { id } inForce } } }',
    variables: ({ labelId }) => ({ id: labelId }),
  },
  list: ofDataset(
    'images(first: 100) { nodes { id labels { class { id } } consensus { class { id } } } }',
  ),
  consensusClass: byClass((id) => `{ "classId": "${id}" }`),
  classCounts: ofDataset('classes { id labelledCount }'),
  annotators: ofDataset(
    `annotators { person { name } quality ${share} blind ${share} shown ${share} }
     agreement { images agreed alpha { value } pairs { agreed kappa { value } } }
     predictionBias { blind ${share} shown ${share} difference { value } }`,
  ),
  runLabels: {
    query: `query ($from: ID!, $to: ID!) { runDiff(fromRunId: $from, toRunId: $to) {
      labels { given undone class { id } person { name } } } }`,
    variables: ({ runId, previousRunId }) => ({ from: previousRunId, to: runId }),
  },
} satisfies Record<string, Question>;

/** Questions whose answers must not depend on whether an image is gold. */
export const goldQuestions = {
  image: answerQuestions.image,
  list: answerQuestions.list,
  labelled: listOf('filter: { labelled: true }'),
  unlabelled: listOf('filter: { labelled: false }'),
  recentlyLabelled: listOf('orderBy: RECENTLY_LABELLED'),
  split: ofDataset(
    ['TRAIN', 'VALIDATION', 'TEST']
      .map((name) => `${name}: images(first: 100, filter: { split: ${name} }) { nodes { id } }`)
      .join(' '),
  ),
  consensusClass: answerQuestions.consensusClass,
  predictedUnlabelled: predictionQuestions.predictedUnlabelled,
  classCounts: ofDataset(
    'classes { id labelledCount predictedCount } counts { labelled labels images }',
  ),
  goldImages: ofDataset('goldImages { image { id } class { id } } viewerIsReviewer'),
  annotators: ofDataset(`annotators { labels gold ${share} }`),
} satisfies Record<string, Question>;

/** The events of the dataset from its start, with all that they show. */
export const eventQuestion: Question = {
  query: `subscription ($id: ID!, $after: String) { datasetEvents(datasetId: $id, after: $after) {
    __typename cursor
    ... on LabelRecorded { label { class { id } } image { id ${prediction} consensus { class { id } }
      labels { class { id } } } }
    ... on LabelUndone { label { class { id } } image { ${prediction} } }
    ... on ImagesStored { images { id ${prediction} consensus { class { id } } } }
    ... on PredictionsUpdated { run { changesSincePrevious { changedClass } } }
    ... on RunPublished { run { changesSincePrevious { ${diff} } } }
    ... on ClassesChanged { classes { id predictedCount labelledCount } }
    ... on DatasetChanged { dataset { queue { nodes { reason image { id } } } } } } }`,
  variables: ({ datasetId, start }) => ({ id: datasetId, after: start }),
};

export type QuestionName =
  | `prediction.${keyof typeof predictionQuestions}`
  | `answer.${keyof typeof answerQuestions}`
  | `gold.${keyof typeof goldQuestions}`
  | 'events';

/** A path is either asked in the integration test, or cannot reveal an image, for a reason. */
export type BlindGuardEntry = { asked: QuestionName[] } | { why: string };

const asked = (...names: QuestionName[]): BlindGuardEntry => ({ asked: names });
const because = (why: string): BlindGuardEntry => ({ why });
const same = (entry: BlindGuardEntry, ...paths: string[]) =>
  Object.fromEntries(paths.map((path) => [path, entry]));

const ofOwnFile = because('It is the same before any label and prediction.');
const wholeDataset = because('It counts all images, without a class.');
const fixedWithRun = because(
  'It was measured on labelled images when the run was published, and no list of them can be subtracted.',
);
const throughParent = because('It has the same guard as the field that returns its parent.');
const ownAnswer = because('It is the viewer’s own answer.');
const ownTask = because('Its fields are those of Image, and the reason is null for a blind task.');

/** How each field of `revealingPaths` is guarded. A new field has no entry, and the test fails. */
export const blindGuards: Record<string, BlindGuardEntry> = {
  ...same(asked('prediction.image', 'prediction.nodes', 'prediction.list'), 'Image.prediction'),
  ...same(asked('answer.image', 'answer.list', 'gold.image'), 'Image.consensus', 'Image.labels'),
  ...same(asked('answer.image', 'gold.image'), 'Image.review', 'Image.split', 'Image.version'),
  ...same(asked('gold.image'), 'Image.gold'),
  ...same(
    ofOwnFile,
    ...['byteSize', 'createdAt', 'dataset', 'embedded', 'fileName', 'height', 'heldOut', 'id'].map(
      (name) => `Image.${name}`,
    ),
    ...['leasedBy', 'ordinal', 'sha256', 'thumbnailUrl', 'url', 'width'].map(
      (name) => `Image.${name}`,
    ),
  ),
  ...same(
    because('It says that the viewer holds a blind task, which the task says too.'),
    'Image.hidden',
  ),
  ...same(
    because('It describes the class, not its images.'),
    ...['archived', 'color', 'hotkey', 'id', 'name', 'position'].map((name) => `Class.${name}`),
  ),
  ...same(asked('prediction.classCounts'), 'Class.predictedCount', 'Class.nextGrid'),
  ...same(asked('answer.classCounts', 'gold.classCounts'), 'Class.labelledCount'),
  ...same(
    wholeDataset,
    ...['embedded', 'heldOut', 'images', 'labels', 'leased', 'predicted'].map(
      (name) => `DatasetCounts.${name}`,
    ),
  ),
  ...same(asked('gold.classCounts'), 'DatasetCounts.labelled'),
  'Dataset.images': asked(
    ...(['leastConfident', 'mostConfident', 'minConfidence', 'maxConfidence'] as const).map(
      (name): QuestionName => `prediction.${name}`,
    ),
    'prediction.predictedClass',
    'prediction.predictedUnlabelled',
    'answer.consensusClass',
    'gold.labelled',
    'gold.unlabelled',
    'gold.recentlyLabelled',
    'gold.split',
  ),
  ...same(
    asked('prediction.queue'),
    'Dataset.queue',
    'QueueConnection.nodes',
    'QueueConnection.edges',
  ),
  ...same(throughParent, 'QueueEdge.node', 'RunChangeEdge.node', 'Prediction.top'),
  ...same(asked('prediction.explain'), 'Query.explainPrediction'),
  ...same(asked('prediction.similar', 'prediction.similarFiltered'), 'Query.similarImages'),
  ...same(
    asked('prediction.runDiff'),
    ...['Query.runDiff', 'RunDiff.changes', 'RunDiff.transitions'],
    ...['RunChangeConnection.edges', 'RunChangeConnection.nodes'],
  ),
  ...same(asked('answer.runLabels'), 'RunDiff.labels'),
  ...same(asked('prediction.changesSincePrevious', 'events'), 'RetrainRun.changesSincePrevious'),
  ...same(
    fixedWithRun,
    ...['RunDiff.classes', 'RetrainRun.calibration', 'RetrainRun.classes'],
    ...['RetrainRun.confusions', 'RetrainRun.metrics'],
  ),
  ...same(
    asked('prediction.certificatePlan'),
    ...['Query.certificatePlan', 'CertificatePlan.chosen', 'CertificatePlan.curve'],
  ),
  ...same(
    because('It counts answered images only.'),
    ...['Dataset.certificates', 'CertificateChanged.certificate', 'CertificatePayload.certificate'],
    'Export.certificate',
  ),
  ...same(
    asked('answer.annotators'),
    ...['Dataset.annotators', 'Dataset.agreement', 'Dataset.predictionBias', 'Agreement.alpha'],
    ...['Agreement.pairs', 'AnnotatorPair.kappa', 'Annotator.quality', 'Annotator.blind'],
    ...[
      'Annotator.shown',
      'PredictionBias.blind',
      'PredictionBias.difference',
      'PredictionBias.shown',
    ],
  ),
  ...same(asked('gold.annotators'), 'Annotator.gold'),
  ...same(asked('gold.goldImages'), 'Dataset.goldImages'),
  ...same(asked('answer.label'), 'Query.node', 'Query.nodes'),
  ...same(asked('events'), 'LabelRecorded.label', 'LabelUndone.label'),
  ...same(ownTask, 'LeaseTasksPayload.tasks', 'RenewLeasesPayload.tasks'),
  ...same(ownAnswer, 'RecordLabelPayload.label', 'UndoLabelPayload.label'),
  ...same(
    because('Exports are refused to people who hold a blind task of the dataset.'),
    ...['Dataset.exports', 'ExportDatasetPayload.export'],
  ),
};
