import { AuthRepository } from '../../modules/auth/auth.repository';
import { AuthService } from '../../modules/auth/auth.service';
import { certificateSettings } from '../../modules/certificates/certificateSettings';
import { SecondOpinions } from '../../modules/crowd/secondOpinions';
import { ClassCounts } from '../../modules/datasets/classCounts';
import { ClassRepository } from '../../modules/datasets/class.repository';
import { ClassService } from '../../modules/datasets/class.service';
import { DatasetRepository } from '../../modules/datasets/dataset.repository';
import { DatasetService } from '../../modules/datasets/dataset.service';
import { DatasetCounter } from '../../modules/datasets/datasetCounts';
import { BackboneSwitcher } from '../../modules/embeddings/backboneSwitcher';
import { EmbeddingQueueRepository } from '../../modules/embeddings/embeddingQueue.repository';
import { EventStore } from '../../modules/events/eventStore';
import { BlindService } from '../../modules/tasks/blind.service';
import { HidingRepository } from '../../modules/tasks/hiding.repository';
import type { Base } from './base';

export type DatasetServices = ReturnType<typeof buildDatasetServices>;

/** People, datasets and events: what every other service needs. */
export function buildDatasetServices({ dataSource, backbones, config, limiter }: Base) {
  const events = new EventStore(dataSource);
  const datasetRows = new DatasetRepository(dataSource);
  const embeddingQueue = new EmbeddingQueueRepository();
  const secondOpinions = new SecondOpinions();
  const datasets = new DatasetService(dataSource, datasetRows, events, {
    backbones,
    secondOpinions,
    certificates: certificateSettings,
  });
  return {
    events,
    auth: new AuthService(new AuthRepository(dataSource), limiter, config),
    datasets,
    datasetRows,
    classes: new ClassService(dataSource, new ClassRepository(dataSource), datasets, events),
    counter: new DatasetCounter(dataSource),
    classCounts: new ClassCounts(dataSource),
    blinds: new BlindService(new HidingRepository(dataSource)),
    embeddingQueue,
    backboneSwitch: new BackboneSwitcher(dataSource, datasetRows, embeddingQueue),
    secondOpinions,
  };
}
