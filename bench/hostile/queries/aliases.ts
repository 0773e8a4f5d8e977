import { pick, upTo } from '../../../server/testing/hostile';
import type { Random } from '../../../models/numeric';
import { operation, times, type QueryFamily, type Target } from './payload';

/** The same expensive field many times in one request. */

const quoted = (value: string) => JSON.stringify(value);
const some = (random: Random, ids: readonly string[], count: number) =>
  JSON.stringify(Array.from({ length: count }, () => pick(random, ids)));
const count = (random: Random) => upTo(random, 1_600);

const fieldsOfDataset = [
  'images(first: 500) { nodes { id fileName labels { id person { name } } prediction { confidence } } }',
  'queue(first: 500) { nodes { position image { id } } }',
  'retrainRuns(first: 500) { nodes { id confusions { count } classes { labels } } }',
  'classes(includeArchived: true) { id nextGrid { images } predictedCount labelledCount }',
  'goldImages { image { id } }',
  'annotators { person { name } quality { value } }',
  'certificates { id stages { audits } }',
  'agreement { pairs { kappa { value } } }',
  'forecast { curve { value } measurements { accuracy } }',
  'exports { id url }',
  'imports { id refusals { message } }',
  'counts { images labelled } lanes { waiting } predictionBias { difference { value } }',
];

function fields(random: Random, { datasetId }: Target, field: string) {
  const aliases = times(count(random), (index) => `a${index}: ${field}`);
  return operation(`{ dataset(id: ${quoted(datasetId)}) { ${aliases} } }`);
}

const roots: Record<string, (random: Random, target: Target) => string> = {
  datasets: () =>
    'datasets(first: 500) { nodes { id name counts { images } annotators { labels } } }',
  similarImages: (random, { imageIds }) =>
    `similarImages(imageIds: ${some(random, imageIds, upTo(random, 50))}, first: 500) { similarity image { id } }`,
  explainPrediction: (random, { imageIds }) =>
    `explainPrediction(imageId: ${quoted(pick(random, imageIds))}) { values }`,
  certificatePlan: (_random, { datasetId }) =>
    `certificatePlan(datasetId: ${quoted(datasetId)}) { curve { stages { audits } } }`,
  nodes: (random, { imageIds }) =>
    `nodes(ids: ${some(random, imageIds, upTo(random, 300))}) { id ... on Image { labels { id } } }`,
  capabilities: () => 'capabilities { backbones { id } limits { maxPixels } }',
};

function mutation(random: Random, body: string, most = 1_600) {
  return operation(`mutation { ${times(upTo(random, most), (index) => `a${index}: ${body}`)} }`);
}

const mutations: Record<string, (random: Random, target: Target) => string> = {
  signIn: (random) => `signIn(input: { name: "Crowd ${random.below(1e9)}" }) { token }`,
  createDataset: (random) =>
    `createDataset(input: { name: "Set ${random.below(1e9)} ${random.below(1e9)}" }) { dataset { id } }`,
  leaseTasks: (_random, { datasetId }) =>
    `leaseTasks(input: { datasetId: ${quoted(datasetId)}, count: 100 }) { tasks { leaseToken } }`,
  exportDataset: (_random, { datasetId }) =>
    `exportDataset(input: { datasetId: ${quoted(datasetId)} }) { export { id url } }`,
  startRetrainRun: (_random, { ownDatasetId }) =>
    `startRetrainRun(input: { datasetId: ${quoted(ownDatasetId)} }) { run { id } error { message } }`,
  addClass: (random, { ownDatasetId }) =>
    `addClass(input: { datasetId: ${quoted(ownDatasetId)}, name: "c${random.below(1e9)}" }) { class { id } }`,
  createUploads: (_random, { ownDatasetId }) =>
    `createUploads(input: { datasetId: ${quoted(ownDatasetId)}, files: [{ fileName: "a.zip", kind: ARCHIVE, byteSize: 68719476736 }] }) { tickets { id } }`,
};

export const aliasFamilies: readonly QueryFamily[] = [
  {
    name: 'aliases-of-dataset-fields',
    make: (random, target) => fields(random, target, pick(random, fieldsOfDataset)),
  },
  {
    name: 'aliases-of-pages',
    make: (random, target) => fields(random, target, fieldsOfDataset[0]!),
  },
  ...Object.entries(roots).map(([name, field]): QueryFamily => ({
    name: `aliases-of-${name}`,
    make: (random, target) =>
      operation(`{ ${times(count(random), (index) => `a${index}: ${field(random, target)}`)} }`),
  })),
  ...Object.entries(mutations).map(([name, field]): QueryFamily => ({
    name: `aliases-of-${name}`,
    make: (random, target) => mutation(random, field(random, target)),
  })),
];
