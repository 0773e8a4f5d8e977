import { join } from 'node:path';
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../database/dataSource';
import { migrate } from '../database/migrate';
import { JobQueue } from '../jobs/jobQueue';
import { AuthRepository } from '../modules/auth/auth.repository';
import { AuthService } from '../modules/auth/auth.service';
import { CertificateAudits } from '../modules/certificates/certificateAudits';
import { CertificatePlanner } from '../modules/certificates/certificatePlanner';
import { CertificateRepository } from '../modules/certificates/certificate.repository';
import { CertificateSamples } from '../modules/certificates/certificateSamples';
import { certificateSettings } from '../modules/certificates/certificateSettings';
import { CertificateService } from '../modules/certificates/certificate.service';
import { AnnotatorService } from '../modules/crowd/annotator.service';
import { GoldRepository } from '../modules/crowd/gold.repository';
import { GoldService } from '../modules/crowd/gold.service';
import { ReviewRepository } from '../modules/crowd/review.repository';
import { ReviewService } from '../modules/crowd/review.service';
import { ConsensusReader } from '../modules/crowd/consensusReader';
import { CrowdReader } from '../modules/crowd/crowdReader';
import { SuspectReader } from '../modules/crowd/suspectReader';
import { SecondOpinions } from '../modules/crowd/secondOpinions';
import { ClassRepository } from '../modules/datasets/class.repository';
import { ClassService } from '../modules/datasets/class.service';
import { DatasetRepository } from '../modules/datasets/dataset.repository';
import { DatasetService } from '../modules/datasets/dataset.service';
import { DatasetCounter } from '../modules/datasets/datasetCounts';
import { BackboneChangeRepository } from '../modules/embeddings/backboneChange.repository';
import { BackboneChangeService } from '../modules/embeddings/backboneChange.service';
import { BackboneRegistry } from '../modules/embeddings/backboneRegistry';
import { BackboneSwitcher } from '../modules/embeddings/backboneSwitcher';
import { BackboneSessions } from '../modules/embeddings/backboneSessions';
import { EmbeddingQueueRepository } from '../modules/embeddings/embeddingQueue.repository';
import { EmbeddingRows } from '../modules/embeddings/embeddingRows';
import { EmbeddingService } from '../modules/embeddings/embedding.service';
import { FeatureCache } from '../modules/embeddings/featureCache';
import { TrainedBackbones } from '../modules/embeddings/trainedBackbones';
import { EventHub } from '../modules/events/eventHub';
import { EventStore } from '../modules/events/eventStore';
import { ExportRepository } from '../modules/exports/export.repository';
import { ExportService } from '../modules/exports/export.service';
import { ImageIngest } from '../modules/images/imageIngest';
import { ImportRepository } from '../modules/images/import.repository';
import { ImageRepository } from '../modules/images/image.repository';
import { ImageService } from '../modules/images/image.service';
import { UploadRepository } from '../modules/images/upload.repository';
import { UploadService } from '../modules/images/upload.service';
import { LabelImporter } from '../modules/labels/labelImporter';
import { LabelService } from '../modules/labels/label.service';
import { LabelWriter } from '../modules/labels/labelWriter';
import { ExplanationService } from '../modules/predictions/explanation.service';
import { RetainedPredictions } from '../modules/predictions/retainedPredictions';
import { PredictionRepository } from '../modules/predictions/prediction.repository';
import { LaneRepository } from '../modules/tasks/lane.repository';
import { LaneService } from '../modules/tasks/lane.service';
import { RestorationRepository } from '../modules/predictions/restoration.repository';
import { RestorationService } from '../modules/predictions/restoration.service';
import { RunDiffRepository } from '../modules/predictions/runDiff.repository';
import { RunDiffService } from '../modules/predictions/runDiff.service';
import { SimilarService } from '../modules/search/similar.service';
import { ForecastRepository } from '../modules/forecast/forecast.repository';
import { ForecastService } from '../modules/forecast/forecast.service';
import { LeaseRepository } from '../modules/tasks/lease.repository';
import { LeaseService } from '../modules/tasks/lease.service';
import { QueueRepository } from '../modules/tasks/queue.repository';
import { QueueService } from '../modules/tasks/queue.service';
import { SkipRepository } from '../modules/tasks/skip.repository';
import { ModelStore } from '../modules/training/head/modelStore';
import { RunReports } from '../modules/training/report/runReports';
import { RetrainRunRepository } from '../modules/training/retrainRun.repository';
import { RetrainRunService } from '../modules/training/retrainRun.service';
import { AutomaticRuns } from '../modules/training/run/automaticRuns';
import { RunDispatcher } from '../modules/training/run/runDispatcher';
import { TrainableLabelRepository } from '../modules/training/run/trainableLabels.repository';
import type { ImageStore } from '../storage/imageStore';
import { LocalImageStore } from '../storage/localImageStore';
import type { Config } from './config';
import { entities } from './entities';

export type Container = Awaited<ReturnType<typeof openContainer>>;

export interface ContainerOptions {
  config: Config;
  databaseUrl: string;
  logger: Logger;
  /** Whether this process also supervises the job queue, as workers do. */
  supervise: boolean;
}

/** Creates every service once and connects them. Only this file decides which adapter is used. */
export async function openContainer({ config, databaseUrl, logger, supervise }: ContainerOptions) {
  const dataSource = await connect(databaseUrl, config.databasePool);
  const jobs = new JobQueue(databaseUrl, logger, supervise);
  await jobs.start();
  const store = new LocalImageStore(join(config.dataFolder, 'store'));
  const trainedFolder = join(config.dataFolder, 'cache', 'trained');
  const trained = new TrainedBackbones(dataSource, store, trainedFolder, logger);
  const backbones = await BackboneRegistry.open(config.backboneFolders, trained, logger);
  const services = buildServices({ dataSource, jobs, store, trained, backbones, config });
  const hub = new EventHub(services.events, logger, {
    pollMs: config.eventPollMs,
    queue: config.subscriberQueue,
    stalledAfterMs: config.stalledAfterSeconds * 1000,
  });
  await hub.start();
  return {
    ...services,
    config,
    logger,
    dataSource,
    jobs,
    hub,
    close: async () => {
      await hub.stop();
      await jobs.stop();
      await services.explanations.dispose();
      await dataSource.destroy();
    },
  };
}

async function connect(url: string, poolSize: number): Promise<DataSource> {
  const dataSource = createDataSource(url, poolSize, entities);
  await dataSource.initialize();
  await migrate(dataSource);
  return dataSource;
}

interface Base {
  dataSource: DataSource;
  jobs: JobQueue;
  store: ImageStore;
  trained: TrainedBackbones;
  backbones: BackboneRegistry;
  config: Config;
}

function buildServices({ dataSource, jobs, store, trained, backbones, config }: Base) {
  const events = new EventStore(dataSource);
  const secondOpinions = new SecondOpinions();
  const auth = new AuthService(new AuthRepository(dataSource), config.sessionDays);
  const datasetRows = new DatasetRepository(dataSource);
  const embeddingQueue = new EmbeddingQueueRepository();
  const backboneSwitch = new BackboneSwitcher(dataSource, datasetRows, embeddingQueue);
  const datasets = new DatasetService(dataSource, datasetRows, events, {
    backbones,
    secondOpinions,
    certificates: certificateSettings,
  });
  const runRows = new RetrainRunRepository(dataSource);
  const labels = new TrainableLabelRepository(dataSource);
  const dispatcher = new RunDispatcher({
    dataSource,
    runs: runRows,
    datasets: datasetRows,
    embeddingQueue,
    events,
    jobs,
  });
  const automaticRuns = new AutomaticRuns({
    runs: runRows,
    labels,
    datasets: datasetRows,
    dispatcher,
  });
  const runs = new RetrainRunService({
    dataSource,
    runs: runRows,
    labels,
    datasets,
    dispatcher,
    backbones,
  });
  const classes = new ClassService(dataSource, new ClassRepository(dataSource), datasets, events);
  const leaseRepository = new LeaseRepository(dataSource);
  const imageRows = new ImageRepository(dataSource);
  const leases = new LeaseService({
    dataSource,
    datasets,
    images: imageRows,
    leases: leaseRepository,
    skips: new SkipRepository(),
    leaseSeconds: config.leaseSeconds,
  });
  const orderings = new QueueRepository(dataSource);
  const lanes = new LaneService(new LaneRepository(dataSource), events);
  const images = new ImageService(dataSource, datasets, imageRows);
  const predictions = new PredictionRepository(dataSource);
  const kept = new RetainedPredictions(dataSource, predictions);
  const models = new ModelStore(dataSource);
  const certificateImages = new CertificateRepository(dataSource);
  const certificateSamples = new CertificateSamples(dataSource);
  const certificateAudits = new CertificateAudits(
    dataSource,
    datasetRows,
    certificateImages,
    lanes,
    events,
  );
  const certificates = new CertificateService({
    dataSource,
    datasets,
    datasetRows,
    planner: new CertificatePlanner(dataSource, certificateImages, certificateSamples),
    repository: certificateImages,
    samples: certificateSamples,
    audits: certificateAudits,
    events,
  });
  const labelWriter = new LabelWriter({
    dataSource,
    images: imageRows,
    classes,
    leases,
    lanes,
    secondOpinions,
    events,
  });
  const labelService = new LabelService(dataSource, datasets, classes, imageRows, labelWriter);
  const runReports = new RunReports(dataSource);
  const embeddingRows = new EmbeddingRows(dataSource);
  const features = new FeatureCache(join(config.dataFolder, 'cache', 'features'), embeddingRows);
  // One thread, because explanations must not take the cores that answer other requests.
  const oneThread = new BackboneSessions(backbones, { threads: 1, providers: ['cpu'] });
  const ingest = new ImageIngest({
    dataSource,
    store,
    classes,
    labels: new LabelImporter(classes),
    datasets: datasetRows,
    embeddingQueue,
    events,
    jobs,
  });
  return {
    store,
    events,
    backbones,
    trained,
    backboneChanges: new BackboneChangeService({
      dataSource,
      datasets,
      datasetRows,
      registry: backbones,
      changes: new BackboneChangeRepository(dataSource),
      queue: embeddingQueue,
      backboneSwitch,
      runs: automaticRuns,
      events,
      jobs,
    }),
    embeddingQueue,
    backboneSwitch,
    auth,
    datasets,
    datasetRows,
    classes,
    counter: new DatasetCounter(dataSource),
    images,
    ingest,
    uploads: new UploadService({
      dataSource,
      datasets,
      store,
      uploads: new UploadRepository(dataSource),
      imageIngest: ingest,
      events,
      jobs,
    }),
    leaseRepository,
    secondOpinions,
    annotators: new AnnotatorService(dataSource),
    gold: new GoldService({
      dataSource,
      datasets,
      classes,
      images: imageRows,
      labels: labelService,
      golds: new GoldRepository(dataSource),
      secondOpinions,
      events,
    }),
    reviews: new ReviewService(new ReviewRepository(dataSource)),
    crowdReader: new CrowdReader(
      new ConsensusReader(dataSource, secondOpinions),
      new SuspectReader(dataSource, lanes),
    ),
    leases,
    lanes,
    orderings,
    queue: new QueueService(orderings, datasetRows, auth, events),
    labels: labelService,
    imports: new ImportRepository(dataSource),
    predictions,
    models,
    explanations: new ExplanationService({
      images,
      predictions,
      models,
      store,
      embeddings: new EmbeddingService(backbones, features, oneThread),
    }),
    features,
    similar: new SimilarService(images, datasets, features),
    runs,
    dispatcher,
    automaticRuns,
    runReports,
    kept,
    restorations: new RestorationService({
      dataSource,
      datasets,
      datasetRows,
      runs,
      runRows,
      models,
      restorations: new RestorationRepository(dataSource),
      kept,
      events,
      jobs,
    }),
    runRows,
    forecasts: new ForecastService(new ForecastRepository(dataSource)),
    diffs: new RunDiffService(runs, new RunDiffRepository(dataSource), runReports),
    certificateSamples,
    certificateAudits,
    certificates,
    exports: new ExportService({
      dataSource,
      datasets,
      store,
      certificates,
      repository: new ExportRepository(dataSource),
    }),
  };
}
