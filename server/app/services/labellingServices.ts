import { AnnotatorService } from '../../modules/crowd/annotator.service';
import { ConsensusReader } from '../../modules/crowd/consensusReader';
import { CrowdReader } from '../../modules/crowd/crowdReader';
import { GoldRepository } from '../../modules/crowd/gold.repository';
import { GoldService } from '../../modules/crowd/gold.service';
import { ReviewRepository } from '../../modules/crowd/review.repository';
import { ReviewService } from '../../modules/crowd/review.service';
import { SuspectReader } from '../../modules/crowd/suspectReader';
import { ImageRepository } from '../../modules/images/image.repository';
import { ImageService } from '../../modules/images/image.service';
import { ImageIngest } from '../../modules/images/imageIngest';
import { ImportService } from '../../modules/images/imports/import.service';
import { ImportRepository } from '../../modules/images/imports/import.repository';
import { UploadRepository } from '../../modules/images/uploads/upload.repository';
import { UploadService } from '../../modules/images/uploads/upload.service';
import { LabelRepository } from '../../modules/labels/label.repository';
import { LabelService } from '../../modules/labels/label.service';
import { ConsensusCheck } from '../../modules/labels/consensusCheck';
import { ConsensusHistory } from '../../modules/labels/consensusHistory';
import { LabelImporter } from '../../modules/labels/labelImporter';
import { LabelWriter } from '../../modules/labels/labelWriter';
import { LaneRepository } from '../../modules/tasks/lane.repository';
import { LaneService } from '../../modules/tasks/lane.service';
import { LeaseRepository } from '../../modules/tasks/lease.repository';
import { LeaseService } from '../../modules/tasks/lease.service';
import { QueueRepository } from '../../modules/tasks/queue.repository';
import { QueueService } from '../../modules/tasks/queue.service';
import { SkipRepository } from '../../modules/tasks/skip.repository';
import type { Base } from './base';
import type { DatasetServices } from './datasetServices';

export type ImageServices = ReturnType<typeof buildImageServices>;
export type TaskServices = ReturnType<typeof buildTaskServices>;

export function buildImageServices(base: Base & DatasetServices) {
  const { dataSource, datasets, datasetRows, classes, config, blinds } = base;
  const imageRows = new ImageRepository(dataSource);
  const labels = new LabelImporter(classes, imageRows, new LabelRepository());
  const ingest = new ImageIngest({ ...base, datasets: datasetRows, labels });
  const uploads = new UploadRepository(dataSource);
  const imports = new ImportRepository(dataSource);
  return {
    imageRows,
    images: new ImageService(dataSource, datasets, imageRows, blinds),
    imports,
    importService: new ImportService({ ...base, imports }),
    ingest,
    uploadRows: uploads,
    uploads: new UploadService({
      ...base,
      uploads,
      imageIngest: ingest,
      limits: { maxTickets: config.openUploadsPerPerson, maxBytes: config.openBytesPerPerson },
    }),
  };
}

export function buildTaskServices(base: Base & DatasetServices & ImageServices) {
  const { dataSource, config, datasetRows, imageRows: images, auth, events } = base;
  const maxLeases = config.leasesPerPerson;
  const maxSeconds = config.leaseMaxMinutes * 60;
  const leaseRepository = new LeaseRepository(dataSource, { maxLeases, maxSeconds });
  const orderings = new QueueRepository(dataSource);
  return {
    leaseRepository,
    leases: new LeaseService({
      ...base,
      images,
      leases: leaseRepository,
      skips: new SkipRepository(),
      leaseSeconds: config.leaseSeconds,
      maxLeases,
    }),
    lanes: new LaneService(new LaneRepository(dataSource), events),
    orderings,
    queue: new QueueService(orderings, datasetRows, auth, events),
  };
}

/** Labels and consensus. */
export function buildLabelServices(base: Base & DatasetServices & ImageServices & TaskServices) {
  const { dataSource, datasets, classes, imageRows: images, lanes, secondOpinions, blinds } = base;
  const rows = new LabelRepository();
  const history = new ConsensusHistory(base.logger);
  const writer = new LabelWriter({ ...base, images, rows, history });
  const parts = { dataSource, datasets, classes, images, rows, history, writer, blinds };
  const labels = new LabelService(parts);
  return {
    labels,
    consensusCheck: new ConsensusCheck(dataSource, history),
    annotators: new AnnotatorService(dataSource, blinds),
    gold: new GoldService({ ...base, images, labels, golds: new GoldRepository(dataSource) }),
    reviews: new ReviewService(new ReviewRepository(dataSource)),
    crowdReader: new CrowdReader(
      new ConsensusReader(dataSource, secondOpinions, history),
      new SuspectReader(dataSource, lanes),
    ),
  };
}
