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

/** Fields whose values an event makes doubtful, without bringing the new ones. */
export type DoubtfulField =
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
  /** Worth a prompt reading: something everybody looks at has changed as a whole. */
  soon?: DoubtfulField[];
  /** Worth a reading now and then: small changes that come in great numbers. */
  eventually?: DoubtfulField[];
}

interface Target {
  cache: ApolloCache;
  datasetId: string;
}

/**
 * Writes what an event brings into the cache, entity by entity, and tells what has to be read
 * again.
 */
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
      return runOver(target, event.run);
    case 'DatasetChanged':
      write(target, 'Dataset', LiveDatasetFragmentDoc, 'LiveDataset', event.dataset);
      // Also what an image is known to be: that labels it, or takes its label away. And what a plan
      // rests on.
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
      // An event of a newer server: its consequences are read at the next occasion.
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

/** `counts` has no id: it is a part of its dataset and is written there. */
function writeCounts({ cache, datasetId }: Target, counts: LibCountsFragment): void {
  cache.modify<{ counts: LibCountsFragment }>({
    id: cache.identify({ __typename: 'Dataset', id: datasetId }),
    fields: { counts: (known) => ({ ...known, ...counts }) },
  });
}

type Labelled = Extract<LiveEvent, { __typename: 'LabelRecorded' | 'LabelUndone' }>;

function writeLabelled(target: Target, { image, counts }: Labelled): void {
  write(target, 'Image', LibLabelledImageFragmentDoc, 'LibLabelledImage', image);
  writeCounts(target, counts);
}

const writeRun = (target: Target, run: LibRunFragment) =>
  write(target, 'RetrainRun', LibRunFragmentDoc, 'LibRun', run);

/** A network may train for hours: meanwhile heads are fitted, and both are shown. */
const activeField = ({ recipe }: LibRunFragment) =>
  recipe === 'HEAD' ? 'activeRun' : 'activeDeepRun';

/** A run that nobody here has seen is also missing from the list of runs. */
function runProgressed(target: Target, run: LibRunFragment): Effect {
  writeRun(target, run);
  // One that was published long ago: its predictions are being made anew.
  if (run.status === 'PUBLISHED') return {};
  const isNew = setRun(target, activeField(run), run.id);
  return isNew ? { soon: ['retrainRuns', 'labelsSinceLastRun'] } : {};
}

function runOver(target: Target, run: LibRunFragment): Effect {
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

/**
 * Points `Dataset.activeRun`, `.activeDeepRun` or `.currentRun` at a run; returns whether it
 * pointed elsewhere.
 */
function setRun(
  { cache, datasetId }: Target,
  field: 'activeRun' | 'activeDeepRun' | 'currentRun',
  id: string | null,
) {
  let changed = false;
  cache.modify({
    id: cache.identify({ __typename: 'Dataset', id: datasetId }),
    fields: {
      [field]: (known: unknown, { toReference, readField }) => {
        const before = known
          ? readField<string>('id', known as ReturnType<typeof toReference>)
          : null;
        changed = before !== id;
        return id ? toReference({ __typename: 'RetrainRun', id }) : null;
      },
    },
  });
  return changed;
}
