import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import type { JobQueue } from '../../jobs/jobQueue';
import type { Limiter } from '../../limits/limiter';
import type { BackboneRegistry } from '../../modules/embeddings/backboneRegistry';
import type { TrainedBackbones } from '../../modules/embeddings/trainedBackbones';
import type { ImageDecoder } from '../../modules/images/decoding/imageDecoder';
import type { ImageStore } from '../../storage/imageStore';
import type { Config } from '../config';

/** The adapters that every service is built on. */
export interface Base {
  dataSource: DataSource;
  logger: Logger;
  jobs: JobQueue;
  store: ImageStore;
  decoder: ImageDecoder;
  trained: TrainedBackbones;
  backbones: BackboneRegistry;
  config: Config;
  limiter: Limiter;
}
