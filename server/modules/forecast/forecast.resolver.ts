import { Arg, FieldResolver, Float, Resolver, Root } from 'type-graphql';
import type { Dataset } from '../datasets/dataset.ports';
import { DatasetType } from '../datasets/dataset.type';
import type { ForecastService } from './forecast.service';
import { ForecastType } from './forecast.type';

@Resolver(() => DatasetType)
export class ForecastResolver {
  constructor(private readonly forecasts: ForecastService) {}

  @FieldResolver(() => ForecastType, {
    description: 'When to stop: what more labels would bring, and how many the target takes.',
  })
  forecast(
    @Root() dataset: Dataset,
    @Arg('target', () => Float, {
      nullable: true,
      description: 'Accuracy aimed at, between 0 and 1; targetAccuracy without it.',
    })
    target?: number | null,
  ) {
    return this.forecasts.ofDataset(dataset, target ?? undefined);
  }
}
