import type { GraphQLObjectType, GraphQLSchema } from 'graphql';
import { GraphQLDateTime } from 'graphql-scalars';
import { buildSchemaSync, type NonEmptyArray, type PubSub } from 'type-graphql';
import { registerEnums } from '../graphql/enums';
import { guardFields } from '../graphql/operations/guardFields';
import { refuseLongTexts } from '../graphql/textBounds';
import { limitFields } from '../limits/fieldBudgets';
import * as mutationErrorTypes from '../graphql/mutationError.type';
import { AuthResolver } from '../modules/auth/auth.resolver';
import {
  AnnotatorPairResolver,
  AnnotatorResolver,
  DatasetAnnotatorsResolver,
  GoldImageResolver,
  ImageReviewResolver,
  ReviewEntryResolver,
} from '../modules/crowd/annotator.resolver';
import {
  ClassesChangedResolver,
  ClassResolver,
  DatasetChangedResolver,
} from '../modules/datasets/class.resolver';
import { ClassesChanged, DatasetChanged } from '../modules/datasets/dataset.events';
import { DatasetResolver } from '../modules/datasets/dataset.resolver';
import {
  BackboneChangeResolver,
  BackboneProgressedResolver,
  DatasetBackboneResolver,
} from '../modules/embeddings/backboneChange.resolver';
import { BackboneProgressed } from '../modules/embeddings/backboneChange.type';
import {
  CapabilitiesResolver,
  ImagesEmbeddedResolver,
} from '../modules/embeddings/embedding.resolver';
import { ImagesEmbedded } from '../modules/embeddings/embedding.type';
import {
  CertificateChangedResolver,
  CertificatePlanResolver,
  CertificateResolver,
  DatasetCertificatesResolver,
} from '../modules/certificates/certificate.resolver';
import { CertificateChanged } from '../modules/certificates/certificate.type';
import type { EventClasses } from '../modules/events/event.type';
import { EventResolver } from '../modules/events/event.resolver';
import { DatasetExportsResolver, ExportResolver } from '../modules/exports/export.resolver';
import {
  ConflictResolver,
  DatasetImagesResolver,
  ImageResolver,
  ImagesStoredResolver,
  ImportProgressedResolver,
} from '../modules/images/image.resolver';
import { ImportResolver } from '../modules/images/imports/import.resolver';
import { ImagesStored, ImportProgressed } from '../modules/images/image.events';
import { LabelRecorded, LabelUndone } from '../modules/labels/label.events';
import {
  ConsensusResolver,
  ImageLabelsResolver,
  LabelResolver,
} from '../modules/labels/label.resolver';
import { LabelRecordedResolver, LabelUndoneResolver } from '../modules/labels/labelEvent.resolver';
import { ExplanationResolver } from '../modules/predictions/explanation.resolver';
import { PredictionsUpdated } from '../modules/predictions/prediction.type';
import {
  ClassConfidenceResolver,
  ImagePredictionResolver,
  PredictionResolver,
  PredictionsUpdatedResolver,
} from '../modules/predictions/prediction.resolver';
import { RestorationResolver } from '../modules/predictions/restoration.resolver';
import {
  RunChangeResolver,
  RunChangesResolver,
  RunClassChangeResolver,
  RunDiffResolver,
  RunLabelsResolver,
  RunTransitionResolver,
} from '../modules/predictions/runDiff.resolver';
import { ForecastResolver } from '../modules/forecast/forecast.resolver';
import { SimilarResolver } from '../modules/search/similar.resolver';
import {
  DatasetQueueResolver,
  ImageLeaseResolver,
  NextGridResolver,
  QueueEntryResolver,
  TaskResolver,
} from '../modules/tasks/task.resolver';
import { LaneChanged, QueueOrdered } from '../modules/tasks/task.type';
import { RunEnded, RunProgressed, RunPublished } from '../modules/training/retrainRun.events';
import {
  BackboneChangeRunResolver,
  DatasetRunsResolver,
  RetrainRunResolver,
  RunEndedResolver,
  RunProgressedResolver,
  RunPublishedResolver,
} from '../modules/training/retrainRun.resolver';
import { RunFeedResolver } from '../modules/training/runFeed.resolver';
import {
  RunClassResolver,
  RunConfusionResolver,
  RunReportResolver,
} from '../modules/training/report/runReport.resolver';
import type { Container } from './container';
import { NodeResolver } from './node.resolver';

/** The GraphQL type of every kind of event. A missing one does not compile. */
const eventClasses: EventClasses = {
  'images.stored': ImagesStored,
  'images.embedded': ImagesEmbedded,
  'predictions.updated': PredictionsUpdated,
  'queue.ordered': QueueOrdered,
  'lane.changed': LaneChanged,
  'label.recorded': LabelRecorded,
  'label.undone': LabelUndone,
  'run.progressed': RunProgressed,
  'run.published': RunPublished,
  'run.ended': RunEnded,
  'dataset.changed': DatasetChanged,
  'backbone.progressed': BackboneProgressed,
  'classes.changed': ClassesChanged,
  'import.progressed': ImportProgressed,
  'certificate.changed': CertificateChanged,
};

/**
 * type-graphql requires one, but our subscriptions read from the event hub, whose queues are
 * bounded.
 */
const unusedPubSub: PubSub = {
  publish: () => refuse(),
  subscribe: () => refuse(),
};
function refuse(): never {
  throw new Error('subscriptions follow the event hub');
}

type ResolverClass = new (...services: never[]) => object;
type Factory = (container: Container) => object;

const factories = new Map<ResolverClass, Factory>([
  [NodeResolver, (c) => new NodeResolver(c)],
  [AuthResolver, (c) => new AuthResolver(c.auth, c.config.secureCookies)],
  [DatasetResolver, (c) => new DatasetResolver(c.datasets, c.classes, c.counter, c.auth, c.events)],
  [
    ClassResolver,
    (c) => new ClassResolver(c.classes, c.counter, c.classCounts, c.datasets, c.blinds),
  ],
  [DatasetChangedResolver, (c) => new DatasetChangedResolver(c.datasets)],
  [ClassesChangedResolver, (c) => new ClassesChangedResolver(c.classes)],
  [CapabilitiesResolver, (c) => new CapabilitiesResolver(c.backbones)],
  [ImagesEmbeddedResolver, (c) => new ImagesEmbeddedResolver(c.counter)],
  [DatasetBackboneResolver, (c) => new DatasetBackboneResolver(c.backboneChanges, c.backbones)],
  [BackboneChangeResolver, (c) => new BackboneChangeResolver(c.backbones)],
  [BackboneProgressedResolver, (c) => new BackboneProgressedResolver(c.datasets)],
  [ImageResolver, (c) => new ImageResolver(c.images, c.datasets, c.uploads)],
  [DatasetImagesResolver, (c) => new DatasetImagesResolver(c.images)],
  [ConflictResolver, (c) => new ConflictResolver(c.images)],
  [ImagesStoredResolver, (c) => new ImagesStoredResolver(c.images, c.counter)],
  [ImportResolver, (c) => new ImportResolver(c.importService)],
  [ImportProgressedResolver, (c) => new ImportProgressedResolver(c.images)],
  [TaskResolver, (c) => new TaskResolver(c.leases, c.images, c.queue, c.blinds)],
  [QueueEntryResolver, (c) => new QueueEntryResolver(c.images)],
  [NextGridResolver, (c) => new NextGridResolver(c.leases)],
  [DatasetQueueResolver, (c) => new DatasetQueueResolver(c.queue, c.lanes, c.blinds)],
  [ImageLeaseResolver, (c) => new ImageLeaseResolver(c.queue)],
  [LabelResolver, (c) => new LabelResolver(c.labels, c.images, c.classes, c.auth)],
  [ConsensusResolver, (c) => new ConsensusResolver(c.classes)],
  [ImageLabelsResolver, (c) => new ImageLabelsResolver(c.labels, c.datasets, c.blinds)],
  [LabelRecordedResolver, (c) => new LabelRecordedResolver(c.labels, c.images, c.counter)],
  [LabelUndoneResolver, (c) => new LabelUndoneResolver(c.labels, c.images, c.counter)],
  [PredictionResolver, (c) => new PredictionResolver(c.classes, c.runs)],
  [ClassConfidenceResolver, (c) => new ClassConfidenceResolver(c.classes)],
  [ImagePredictionResolver, (c) => new ImagePredictionResolver(c.predictions, c.blinds)],
  [PredictionsUpdatedResolver, (c) => new PredictionsUpdatedResolver(c.runs)],
  [ExplanationResolver, (c) => new ExplanationResolver(c.explanations, c.classes, c.runs)],
  [RestorationResolver, (c) => new RestorationResolver(c.restorations, c.kept)],
  [RunDiffResolver, (c) => new RunDiffResolver(c.diffs, c.kept)],
  [RunChangesResolver, (c) => new RunChangesResolver(c.diffs)],
  [RunChangeResolver, (c) => new RunChangeResolver(c.classes, c.images)],
  [RunTransitionResolver, (c) => new RunTransitionResolver(c.classes)],
  [RunLabelsResolver, (c) => new RunLabelsResolver(c.classes, c.auth)],
  [RunClassChangeResolver, (c) => new RunClassChangeResolver(c.classes)],
  [ForecastResolver, (c) => new ForecastResolver(c.forecasts)],
  [SimilarResolver, (c) => new SimilarResolver(c.similar, c.images)],
  [RetrainRunResolver, (c) => new RetrainRunResolver(c.runs, c.datasets, c.auth)],
  [BackboneChangeRunResolver, (c) => new BackboneChangeRunResolver(c.runs)],
  [DatasetRunsResolver, (c) => new DatasetRunsResolver(c.runs)],
  [RunReportResolver, (c) => new RunReportResolver(c.runReports)],
  [RunConfusionResolver, (c) => new RunConfusionResolver(c.classes)],
  [RunClassResolver, (c) => new RunClassResolver(c.classes)],
  [RunProgressedResolver, (c) => new RunProgressedResolver(c.runs)],
  [RunPublishedResolver, (c) => new RunPublishedResolver(c.runs)],
  [RunEndedResolver, (c) => new RunEndedResolver(c.runs)],
  [RunFeedResolver, () => new RunFeedResolver()],
  [CertificateResolver, (c) => new CertificateResolver(c.certificates, c.runs, c.auth)],
  [CertificatePlanResolver, (c) => new CertificatePlanResolver(c.certificates, c.runs)],
  [DatasetCertificatesResolver, (c) => new DatasetCertificatesResolver(c.certificates)],
  [CertificateChangedResolver, (c) => new CertificateChangedResolver(c.certificates, c.datasets)],
  [ExportResolver, (c) => new ExportResolver(c.exports, c.auth, c.certificates)],
  [DatasetExportsResolver, (c) => new DatasetExportsResolver(c.exports)],
  [DatasetAnnotatorsResolver, (c) => new DatasetAnnotatorsResolver(c.annotators, c.gold)],
  [AnnotatorResolver, (c) => new AnnotatorResolver(c.auth)],
  [AnnotatorPairResolver, (c) => new AnnotatorPairResolver(c.auth)],
  [GoldImageResolver, (c) => new GoldImageResolver(c.images, c.classes)],
  [ImageReviewResolver, (c) => new ImageReviewResolver(c.reviews, c.gold, c.datasets, c.blinds)],
  [ReviewEntryResolver, (c) => new ReviewEntryResolver(c.images, c.classes)],
  [EventResolver, (c) => new EventResolver(c.auth, eventClasses)],
]);

/** Creates the schema of all modules. Without a container it can be printed, not executed. */
export function createSchema(container?: Container): GraphQLSchema {
  registerEnums();
  const instances = new Map<unknown, object>();
  const instanceOf = (resolver: ResolverClass): object => {
    const known = instances.get(resolver);
    if (known) return known;
    const factory = factories.get(resolver);
    if (!container || !factory) throw new Error(`there is no instance of ${resolver.name}`);
    const instance = factory(container);
    instances.set(resolver, instance);
    return instance;
  };
  const schema = buildSchemaSync({
    resolvers: [...factories.keys()] as unknown as NonEmptyArray<ResolverClass>,
    orphanedTypes: [...Object.values(eventClasses), ...Object.values(mutationErrorTypes)].filter(
      (type) => type !== mutationErrorTypes.Payload,
    ),
    container: { get: (resolver: ResolverClass) => instanceOf(resolver) },
    scalarsMap: [{ type: Date, scalar: GraphQLDateTime }],
    validateFn: refuseLongTexts,
    pubSub: unusedPubSub,
  });
  describeRoots(schema);
  if (container) limitFields(schema, container.limiter);
  return guardFields(schema);
}

/** type-graphql has no place for the descriptions of the three root types. */
function describeRoots(schema: GraphQLSchema): GraphQLSchema {
  const describe = (type: GraphQLObjectType | null | undefined, description: string): void => {
    if (type) type.description = description;
  };
  describe(schema.getQueryType(), 'Everything that reads data.');
  describe(schema.getMutationType(), 'Everything that changes data.');
  describe(schema.getSubscriptionType(), 'Streams of events.');
  return schema;
}
