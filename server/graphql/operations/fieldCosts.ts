import { deepLimits } from '../../../shared/deepOptions';
import { limits, predictionKeyCount } from '../../../shared/limits';

/** The arguments of a field, with variables and defaults filled in. */
export type FieldArguments = Readonly<Record<string, unknown>>;

/** Computes a bound from the arguments, or from the entries of the mutation's input. */
type ListBound = (args: FieldArguments, inputEntries: number) => number;

const lengthOf = (value: unknown) => (Array.isArray(value) ? value.length : 1);
const byFirst: ListBound = ({ first }) => Number(first);
const byInput: ListBound = (_args, inputEntries) => inputEntries;

/**
 * The most entries that each list of the schema can return. A list without an entry is refused, and
 * a test fails.
 */
export const listBounds: Readonly<Record<string, number | ListBound>> = {
  'Agreement.pairs': 1_000,
  'Capabilities.backbones': 50,
  'Capabilities.missing': 20,
  'Certificate.assumptions': 10,
  'Certificate.stages': 50,
  'CertificatePlan.curve': 100,
  'ClassesChanged.classes': limits.maxClasses,
  'CompleteUploadsPayload.results': byInput,
  'CreateUploadsPayload.tickets': byInput,
  'Dataset.annotators': 1_000,
  'Dataset.backbones': 50,
  'Dataset.certificates': 50,
  'Dataset.classes': limits.maxClasses,
  'Dataset.exports': 50,
  'Dataset.goldImages': limits.maxGoldImages,
  'Dataset.imports': 20,
  'Dataset.lanes': 10,
  'Explanation.values': 1_024,
  'Forecast.curve': 100,
  'Forecast.measurements': 1_000,
  'Image.labels': limits.maxLabelsShown,
  'Image.leasedBy': 2 * limits.maxOverlap,
  'ImagesStored.images': limits.maxTicketsPerCall,
  'Import.refusals': byFirst,
  'LeaseTasksPayload.tasks': limits.maxTasksPerCall,
  'Prediction.top': predictionKeyCount,
  'Query.nodes': ({ ids }) => lengthOf(ids),
  'Query.similarImages': byFirst,
  'RecordLabelsPayload.results': byInput,
  'RenewLeasesPayload.tasks': byInput,
  'RetrainRun.classes': limits.maxClasses,
  'RetrainRun.confusions': byFirst,
  'RunCalibration.bins': 20,
  'RunDiff.classes': limits.maxClasses,
  'RunDiff.labels': limits.maxClasses,
  'RunDiff.missing': 2,
  'RunDiff.transitions': byFirst,
  'RunMetrics.phaseSeconds': 20,
  'RunTraining.epochs': deepLimits.maxEpochs,
  'ThresholdPlan.stages': 50,
};

/** A statement of its own for each parent. */
const statement = 200;
/** A statement that reads many rows. */
const scan = 1_000;
/** Reads everything, or computes for a while. */
const computation = 20_000;

type Weights = Readonly<Record<string, number>>;

/** Fields that one statement reads for many parents. */
const batchedWeights: Weights = {
  'Dataset.activeDeepRun': statement,
  'Dataset.activeRun': statement,
  'Dataset.backboneChange': statement,
  'Dataset.certificates': statement,
  'Dataset.counts': statement,
  'Dataset.exports': statement,
  'Dataset.imports': statement,
  'Dataset.labelsSinceLastRun': statement,
  'Dataset.lanes': scan,
  'RetrainRun.calibration': statement,
  'RetrainRun.classes': scan,
  'RetrainRun.confusions': scan,
  'RetrainRun.previous': statement,
};

/** Fields that read the database for each parent on its own. */
const ownWeights: Weights = {
  'Dataset.agreement': computation,
  'Dataset.annotators': scan,
  'Dataset.eventCursor': statement,
  'Dataset.forecast': computation,
  'Dataset.goldImages': statement,
  'Dataset.images': statement,
  'Dataset.predictionBias': scan,
  'Dataset.queue': statement,
  'Dataset.retrainRuns': statement,
  'Query.certificatePlan': computation,
  'Query.datasets': statement,
  'Query.explainPrediction': computation,
  'Query.runDiff': computation,
  'Query.similarImages': computation,
  'RetrainRun.changesSincePrevious': scan,
  'RunDiff.changes': scan,
  'RunDiff.classes': scan,
  'RunDiff.labels': scan,
  'RunDiff.transitions': scan,
};

/** What a field costs beside its values, where it costs more than reading a property. */
export const fieldWeights: Weights = { ...batchedWeights, ...ownWeights };

/** Whether a field waits for its turn among those of the same person. */
export const takesTurn = (path: string): boolean => Object.hasOwn(ownWeights, path);
