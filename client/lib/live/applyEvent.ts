import type { ApolloCache } from '@apollo/client';
import {
  LibLabelledImageFragmentDoc,
  type LibCountsFragment,
  LibCertificateFragmentDoc,
  LiveBackboneFragmentDoc,
  LiveClassFragmentDoc,
  LiveDatasetFragmentDoc,
  type LiveEventsSubscription,
  LiveImportFragmentDoc,
  LibRunFragmentDoc,
  type LibRunFragment,
} from '../../gql/operations';

export type LiveEvent = LiveEventsSubscription['datasetEvents'];

/** Fields that an event makes stale without bringing their new values. */
export type StaleField =
  | 'queue'
  | 'lanes'
  | 'counts'
  | 'labelsSinceLastRun'
  | 'labelledCount'
  | 'predictedCount'
  | 'nextGrid'
  | 'prediction'
  | 'retrainRuns'
  | 'currentRun'
  | 'classes'
  | 'imports'
  | 'annotators'
  | 'agreement'
  | 'predictionBias'
  | 'goldImages'
  | 'gold'
  | 'certificates'
  | 'certificatePlan';

export interface Effect {
  /** Fields to read again promptly, because many pages show them. */
  soon?: StaleField[];
  /** Fields to read again with a delay, because they change often and slightly. */
  eventually?: StaleField[];
}

interface Target {
  cache: ApolloCache;
  datasetId: string;
}

/** Writes the entities of an event to the cache, and returns the fields to read again. */
export function applyEvent(target: Target, event: LiveEvent): Effect {
  switch (event.__typename) {
    case 'ImagesStored':
      writeCounts(target, event.counts);
      return { eventually: ['queue'] };
    case 'ImagesEmbedded':
      writeCounts(target, event.counts);
      return {};
    case 'PredictionsUpdated':
      writeRun(target, event.run);
      return { soon: ['queue', 'counts', 'predictedCount', 'nextGrid', 'prediction'] };
    case 'QueueOrdered':
      return { soon: ['queue'] };
    case 'LaneChanged':
      return { soon: ['lanes'] };
    case 'LabelRecorded':
    case 'LabelUndone':
      writeLabelled(target, event);
      return {
        eventually: [
          'queue',
          'lanes',
          'labelledCount',
          'predictedCount',
          'nextGrid',
          'labelsSinceLastRun',
          'annotators',
          'agreement',
          'predictionBias',
        ],
      };
    case 'RunProgressed':
      return runProgressed(target, event.run);
    case 'RunPublished':
    case 'RunEnded':
      return runEnded(target, event.run);
    case 'DatasetChanged':
      write(target, 'Dataset', LiveDatasetFragmentDoc, 'LiveDataset', event.dataset);
      // The event may also mean a change of gold images, which changes labels, or of the plan.
      return {
        soon: ['certificatePlan'],
        eventually: ['goldImages', 'gold', 'counts', 'labelledCount', 'queue'],
      };
    case 'BackboneProgressed':
      write(target, 'Dataset', LiveBackboneFragmentDoc, 'LiveBackbone', event.dataset);
      return {};
    case 'ClassesChanged':
      for (const one of event.classes)
        write(target, 'Class', LiveClassFragmentDoc, 'LiveClass', one);
      return { soon: ['classes'] };
    case 'CertificateChanged':
      if (event.certificate)
        write(
          target,
          'Certificate',
          LibCertificateFragmentDoc,
          'LibCertificate',
          event.certificate,
        );
      return { soon: ['certificates', 'certificatePlan'] };
    case 'ImportProgressed':
      write(target, 'Import', LiveImportFragmentDoc, 'LiveImport', event.import);
      return { eventually: ['imports'] };
    default:
      // An event type of a newer server. Its effects appear when the pages are read again.
      return {};
  }
}

function write(
  { cache }: Target,
  __typename: string,
  fragment: Parameters<ApolloCache['writeFragment']>[0]['fragment'],
  fragmentName: string,
  data: { id: string },
): void {
  const id = cache.identify({ __typename, id: data.id });
  cache.writeFragment({ id, fragment, fragmentName, data: { __typename, ...data } });
}

/** Writes the counts into their dataset, because they have no id. */
function writeCounts({ cache, datasetId }: Target, counts: LibCountsFragment): void {
  cache.modify<{ counts: LibCountsFragment }>({
    id: cache.identify({ __typename: 'Dataset', id: datasetId }),
    fields: { counts: (existing) => ({ ...existing, ...counts }) },
  });
}

type Labelled = Extract<LiveEvent, { __typename: 'LabelRecorded' | 'LabelUndone' }>;

function writeLabelled(target: Target, { image, counts }: Labelled): void {
  write(target, 'Image', LibLabelledImageFragmentDoc, 'LibLabelledImage', image);
  writeCounts(target, counts);
}

const writeRun = (target: Target, run: LibRunFragment) =>
  write(target, 'RetrainRun', LibRunFragmentDoc, 'LibRun', run);

/** Returns the field for an active run. A network and a head can train at the same time. */
const activeField = ({ recipe }: LibRunFragment) =>
  recipe === 'HEAD' ? 'activeRun' : 'activeDeepRun';

/** Handles progress. A run that is new to this client is also missing from the list of runs. */
function runProgressed(target: Target, run: LibRunFragment): Effect {
  writeRun(target, run);
  // The predictions of an old published run are being restored.
  if (run.status === 'PUBLISHED') return {};
  const isNew = setRun(target, activeField(run), run.id);
  return isNew ? { soon: ['retrainRuns', 'labelsSinceLastRun'] } : {};
}

function runEnded(target: Target, run: LibRunFragment): Effect {
  writeRun(target, run);
  setRun(target, activeField(run), null);
  if (run.status === 'PUBLISHED') setRun(target, 'currentRun', run.id);
  return {
    soon: [
      'retrainRuns',
      'currentRun',
      'labelsSinceLastRun',
      'queue',
      'predictedCount',
      'nextGrid',
      'certificatePlan',
    ],
  };
}

/** Sets `Dataset.activeRun`, `.activeDeepRun` or `.currentRun`, and returns whether it changed. */
function setRun(
  { cache, datasetId }: Target,
  field: 'activeRun' | 'activeDeepRun' | 'currentRun',
  id: string | null,
) {
  let changed = false;
  cache.modify({
    id: cache.identify({ __typename: 'Dataset', id: datasetId }),
    fields: {
      [field]: (existing: unknown, { toReference, readField }) => {
        const before = existing
          ? readField<string>('id', existing as ReturnType<typeof toReference>)
          : null;
        changed = before !== id;
        return id ? toReference({ __typename: 'RetrainRun', id }) : null;
      },
    },
  });
  return changed;
}
