import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CertificateRepository } from '../../modules/certificates/certificate.repository';
import { CertificateService } from '../../modules/certificates/certificate.service';
import { CertificateAudits } from '../../modules/certificates/certificateAudits';
import { CertificatePlanner } from '../../modules/certificates/certificatePlanner';
import { CertificateSamples } from '../../modules/certificates/certificateSamples';
import { BackboneSessions } from '../../modules/embeddings/backboneSessions';
import { EmbeddingService } from '../../modules/embeddings/embedding.service';
import { EmbeddingRows } from '../../modules/embeddings/embeddingRows';
import { FeatureCache } from '../../modules/embeddings/featureCache';
import { ExportRepository } from '../../modules/exports/export.repository';
import { ExportService } from '../../modules/exports/export.service';
import { ExplanationService } from '../../modules/predictions/explanation.service';
import { PredictionRepository } from '../../modules/predictions/prediction.repository';
import { RestorationRepository } from '../../modules/predictions/restoration.repository';
import { RestorationService } from '../../modules/predictions/restoration.service';
import { RetainedPredictions } from '../../modules/predictions/retainedPredictions';
import { RunDiffRepository } from '../../modules/predictions/runDiff.repository';
import { RunDiffService } from '../../modules/predictions/runDiff.service';
import { SimilarService } from '../../modules/search/similar.service';
import { DiskRoom } from '../../storage/diskRoom';
import type { Base } from './base';
import type { DatasetServices } from './datasetServices';
import type { ImageServices, TaskServices } from './labellingServices';
import type { RunServices } from './runServices';

/** Predictions, and what is made of features and predictions on request. */
export function buildPredictionServices(
  base: Base & DatasetServices & ImageServices & RunServices,
) {
  const { dataSource, logger, config, backbones, datasets, images, runs, runReports, blinds } =
    base;
  const predictions = new PredictionRepository(dataSource);
  const kept = new RetainedPredictions(dataSource, predictions);
  const folder = join(config.dataFolder, 'cache', 'features');
  const features = new FeatureCache(folder, new EmbeddingRows(dataSource), logger);
  // One thread, because explanations must not take the cores that answer other requests.
  const oneThread = new BackboneSessions(backbones, { threads: 1, providers: ['cpu'] });
  const embeddings = new EmbeddingService(backbones, features, oneThread);
  const restorations = new RestorationRepository(dataSource);
  return {
    predictions,
    kept,
    features,
    explanations: new ExplanationService({ ...base, predictions, embeddings }),
    similar: new SimilarService(images, datasets, features),
    restorations: new RestorationService({ ...base, restorations, kept }),
    diffs: new RunDiffService(runs, new RunDiffRepository(dataSource), runReports, blinds),
  };
}

/** Certificates, and the exports that they cover. */
export function buildDeliveryServices(base: Base & DatasetServices & TaskServices) {
  const { dataSource, datasetRows, lanes, events } = base;
  const repository = new CertificateRepository(dataSource);
  const samples = new CertificateSamples(dataSource);
  const planner = new CertificatePlanner(dataSource, repository, samples);
  const audits = new CertificateAudits(dataSource, datasetRows, repository, lanes, events);
  const certificates = new CertificateService({ ...base, planner, repository, samples, audits });
  return {
    certificateSamples: samples,
    certificateAudits: audits,
    certificates,
    exports: new ExportService({
      ...base,
      certificates,
      repository: new ExportRepository(dataSource),
      spool: new DiskRoom(tmpdir()),
    }),
  };
}
