import { BackboneChangeRepository } from '../../modules/embeddings/backboneChange.repository';
import { BackboneChangeService } from '../../modules/embeddings/backboneChange.service';
import { ForecastRepository } from '../../modules/forecast/forecast.repository';
import { ForecastService } from '../../modules/forecast/forecast.service';
import { ModelStore } from '../../modules/training/head/modelStore';
import { RunReports } from '../../modules/training/report/runReports';
import { RetrainRunRepository } from '../../modules/training/retrainRun.repository';
import { RetrainRunService } from '../../modules/training/retrainRun.service';
import { AutomaticRuns } from '../../modules/training/run/automaticRuns';
import { RunDispatcher } from '../../modules/training/run/runDispatcher';
import { TrainableLabelRepository } from '../../modules/training/run/trainableLabels.repository';
import type { Base } from './base';
import type { DatasetServices } from './datasetServices';

export type RunServices = ReturnType<typeof buildRunServices>;

/** Retrain runs, and the changes of a backbone that end with one. */
export function buildRunServices(base: Base & DatasetServices) {
  const { dataSource, datasets, datasetRows, backbones, embeddingQueue, config } = base;
  const runRows = new RetrainRunRepository(dataSource);
  const labels = new TrainableLabelRepository(dataSource);
  const runs = { runs: runRows, labels, datasets: datasetRows };
  const dispatcher = new RunDispatcher({
    ...base,
    ...runs,
    maxDeepRuns: config.deepRunsPerPerson,
  });
  const automaticRuns = new AutomaticRuns({ ...runs, dispatcher });
  return {
    runRows,
    dispatcher,
    automaticRuns,
    runs: new RetrainRunService({ ...base, ...runs, datasets, dispatcher }),
    runReports: new RunReports(dataSource),
    models: new ModelStore(dataSource),
    forecasts: new ForecastService(new ForecastRepository(dataSource)),
    backboneChanges: new BackboneChangeService({
      ...base,
      registry: backbones,
      changes: new BackboneChangeRepository(dataSource),
      queue: embeddingQueue,
      runs: automaticRuns,
    }),
  };
}
