import { createHash } from 'node:crypto';
import { fromBufferPromise } from 'yauzl';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from '../apiClient';

const silenceMs = 2_000;

/**
 * Everything that people see of a dataset and that opening it with another release may not change.
 * Images and runs have queries of their own, because one query may not cost so much.
 */
const datasetQuery = `query ($id: ID!) { dataset(id: $id) {
  id name createdAt createdBy { id name } backbone backbones { id name embeddingSize }
  autoRetrainAfter targetAccuracy overlapMode overlap overlapShare blindShare
  certificateAlpha certificateEpsilon labelsSinceLastRun
  backboneChange { backboneId embedded failed total }
  counts { images embedded labelled labels predicted heldOut }
  lanes { lane waiting }
  classes(includeArchived: true) {
    id name color hotkey position archived labelledCount predictedCount }
  queue(first: 100) { nodes { position reason image { id } } }
  currentRun { number } activeRun { number } activeDeepRun { number }
  certificates { id number status epsilon alpha attemptAlpha threshold accepted audited wrong
    needed remaining saved tolerated seed spent voidReason startedAt endedAt
    startedBy { name } run { number } stages { audits allowedWrong } }
  agreement { images agreed alpha { value } pairs { images agreed person { name } other { name } } }
  annotators { person { name } labels gold { right count } quality { right count }
    blind { right count } shown { right count } }
  goldImages { createdAt class { name } image { id } }
  imports { id fileName status filesTotal filesDone imagesAdded labelsAdded duplicates
    refusalCount refusals { fileName reason } createdAt }
  exports { id include minConfidence imageCount createdAt createdBy { name } } } }`;

const imagesQuery = `query ($id: ID!) { dataset(id: $id) {
  images(first: 100) { nodes { ${imageFields()} } } } }`;

const runsQuery = `query ($id: ID!) { dataset(id: $id) {
  retrainRuns(first: 10) { totalCount nodes { ${runFields()} } } } }`;

function imageFields(): string {
  return `id ordinal fileName sha256 byteSize width height split heldOut embedded version createdAt
    consensus { origin isDecided quality decidedAt class { name } }
    labels { id origin lane blind extra inForce createdAt class { name } person { name } }
    gold { class { name } }
    review { kind score givenClass { name } suggestedClass { name } otherImage { id } }
    prediction { confidence margin entropy run { number } class { name }
      top { confidence class { name } } }`;
}

function runFields(): string {
  return `id number status recipe trigger attempt backbone labelCount classCount predictionsKept
    queuedAt startedAt publishedAt startedBy { name } previous { number }
    metrics { l2 trainAccuracy trainCount trainLoss validationAccuracy validationCount
      validationLoss testAccuracy testCount testLoss rescoredCount }
    calibration { temperature accuracy sampleCount expectedCalibrationError }
    classes { labels precision recall class { name } }
    confusions(first: 500) { count class { name } predictedClass { name } }
    options { balance baseBackboneId batchSize continueLast epochs flip fromBlock learningRate
      rotationDegrees zoom }
    training { epochCount epochs { epoch loss accuracy validationLoss validationAccuracy } }`;
}

/** What tests look at one by one. The rest is compared as a whole. */
export interface DatasetState {
  counts: { images: number; predicted: number };
  currentRun: { number: number } | null;
  classes: { id: string; archived: boolean }[];
  images: { nodes: ImageState[] };
  retrainRuns: { nodes: RunState[] };
  imports: { status: string }[];
  exports: { id: string }[];
}

interface ImageState {
  id: string;
  fileName: string;
  consensus: object | null;
  labels: { id: string; class: { name: string }; person: { name: string } }[];
  prediction: { class: { name: string }; run: { number: number } } | null;
}

interface RunState {
  id: string;
  number: number;
  status: string;
  attempt: number;
  labelCount: number | null;
  training: { epochs: object[] } | null;
}

export async function readDataset(client: ApiClient, id: string): Promise<DatasetState> {
  const parts = await Promise.all(
    [datasetQuery, imagesQuery, runsQuery].map((query) =>
      client.request<{ dataset: Partial<DatasetState> }>(query, { id }),
    ),
  );
  return Object.assign({}, ...parts.map(({ dataset }) => dataset)) as DatasetState;
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

async function download(client: ApiClient, path: string): Promise<Buffer> {
  const response = await client.get(path);
  if (!response.ok) throw new Error(`${path} answers with status ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}

/** The SHA-256 of every image and thumbnail as they are served, by the image's id. */
export async function readFiles(client: ApiClient, datasetId: string) {
  const { dataset } = await client.request<{
    dataset: { images: { nodes: { id: string; url: string; thumbnailUrl: string }[] } };
  }>(
    'query ($id: ID!) { dataset(id: $id) { images(first: 100) { nodes { id url thumbnailUrl } } } }',
    { id: datasetId },
  );
  const files: Record<string, string[]> = {};
  for (const { id, url, thumbnailUrl } of dataset.images.nodes)
    files[id] = [sha256(await download(client, url)), sha256(await download(client, thumbnailUrl))];
  return files;
}

/** The SHA-256 of every file in the zip of an export, without what tells the time of the download. */
export async function readExport(client: ApiClient, exportId: string) {
  const { node } = await client.request<{ node: { url: string } }>(
    'query ($id: ID!) { node(id: $id) { ... on Export { url } } }',
    { id: exportId },
  );
  const archive = await fromBufferPromise(await download(client, node.url), {});
  const files: Record<string, string> = {};
  for await (const entry of archive.eachEntry()) {
    const bytes = await buffer(await archive.openReadStreamPromise(entry));
    files[entry.fileName] = sha256(entry.fileName === 'manifest.json' ? withoutTime(bytes) : bytes);
  }
  return files;
}

function withoutTime(manifest: Buffer): Buffer {
  const {
    takenAt: _,
    eventCursor: __,
    ...rest
  } = JSON.parse(manifest.toString()) as object & {
    takenAt: string;
    eventCursor: string;
  };
  return Buffer.from(JSON.stringify(rest));
}

const eventsQuery = `subscription ($id: ID!, $after: String) {
  datasetEvents(datasetId: $id, after: $after) { __typename cursor occurredAt actor { name }
    ... on ImagesStored { count } ... on ImagesEmbedded { count }
    ... on LabelRecorded { label { id } image { id } } ... on LabelUndone { label { id } }
    ... on RunPublished { run { id } } ... on RunEnded { run { id } } ... on RunProgressed { run { id } }
    ... on LaneChanged { lane } ... on CertificateChanged { certificate { id } }
    ... on ImportProgressed { import { id } } ... on ClassesChanged { classes { id } } } }`;

export type EventRead = { __typename: string; cursor: string } & Record<string, unknown>;

/** Events after a cursor: the next `count`, or, without a count, all until none has come for a while. */
export async function readEvents(
  client: ApiClient,
  datasetId: string,
  after: string,
  count = Infinity,
): Promise<EventRead[]> {
  const events = client.subscribe<{ datasetEvents: EventRead }>(eventsQuery, {
    id: datasetId,
    after,
  });
  const read: EventRead[] = [];
  while (read.length < count) {
    const silence = count === Infinity ? [delay(silenceMs, 'silence' as const)] : [];
    const next = await Promise.race([events.next(), ...silence]);
    if (next === 'silence' || next.done) break;
    const { data, errors } = next.value;
    if (!data) throw new Error(JSON.stringify(errors));
    read.push(data.datasetEvents);
  }
  await events.return?.();
  return read;
}
