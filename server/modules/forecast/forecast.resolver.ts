import { Arg, FieldResolver, Float, Resolver, Root } from 'type-graphql';
import type { Dataset } from '../datasets/dataset.ports';
import { DatasetType } from '../datasets/dataset.type';
import type { ForecastService } from './forecast.service';
import { ForecastType } from './forecast.type';

@Resolver(() => DatasetType)
export class ForecastResolver {
  constructor(private readonly forecasts: ForecastService) {}

  @FieldResolver(() => ForecastType, {
    description: 'What more labels would bring, and how many the target needs.',
  })
  forecast(
    @Root() dataset: Dataset,
    @Arg('target', () => Float, {
      nullable: true,
      description: 'Target accuracy, between 0 and 1. Default: targetAccuracy.',
    })
    target?: number | null,
  ) {
    return this.forecasts.ofDataset(dataset, target ?? undefined);
  }
}
