import { Arg, Ctx, FieldResolver, Float, Mutation, Resolver, Root } from 'type-graphql';
import type { Context } from '../../graphql/context';
import { withPlainIds } from '../../graphql/globalId';
import type { Dataset } from '../datasets/dataset.ports';
import type { DatasetService } from '../datasets/dataset.service';
import { DatasetPayload, DatasetType } from '../datasets/dataset.type';
import {
  BackboneChangeType,
  BackboneProgressed,
  SetDatasetBackboneInput,
} from './backboneChange.type';
import type { BackboneChangeService } from './backboneChange.service';
import type { BackboneRegistry } from './backboneRegistry';
import type { BackboneProgress } from './embedding.ports';
import { BackboneType } from './embedding.type';

@Resolver(() => DatasetType)
export class DatasetBackboneResolver {
  constructor(
    private readonly changes: BackboneChangeService,
    private readonly registry: BackboneRegistry,
  ) {}

  @Mutation(() => DatasetPayload, {
    description:
      'Embeds every image with another backbone in the background, and then switches to it ' +
      'with a run. It can be called again at any time. The present backbone cancels the ' +
      'change. A running change is replaced or cancelled only by the person who started it and ' +
      'the owner of the dataset. Errors: Forbidden.',
  })
  async setDatasetBackbone(
    @Arg('input', () => SetDatasetBackboneInput, { description: 'Input of the mutation.' })
    input: SetDatasetBackboneInput,
    @Ctx() { viewer }: Context,
  ) {
    const choice = withPlainIds(input, { datasetId: 'Dataset' });
    return { dataset: await this.changes.choose(viewer, choice) };
  }

  @FieldResolver(() => BackboneChangeType, {
    nullable: true,
    description: 'The running change to another backbone. Null without one.',
  })
  backboneChange(@Root() dataset: Dataset, @Ctx() { loaders }: Context) {
    return loaders.load(this.changes.progressOf, dataset.id);
  }

  @FieldResolver(() => [BackboneType], {
    description: 'Backbones that it can use: those of this server, and networks trained on it.',
  })
  backbones(@Root() dataset: Dataset) {
    return this.registry.ofDataset(dataset.id);
  }
}

@Resolver(() => BackboneChangeType)
export class BackboneChangeResolver {
  constructor(private readonly registry: BackboneRegistry) {}

  @FieldResolver(() => BackboneType, {
    nullable: true,
    description: 'The next backbone. Null if this server does not have it.',
  })
  backbone(@Root() { backboneId }: BackboneProgress, @Ctx() { loaders }: Context) {
    return loaders.load(this.registry.byIds, backboneId);
  }

  @FieldResolver(() => Float, {
    nullable: true,
    description: 'Estimated seconds until every image is embedded.',
  })
  secondsLeft(@Root() { embedded, total, imagesPerSecond }: BackboneProgress) {
    return imagesPerSecond ? (total - embedded) / imagesPerSecond : null;
  }
}

@Resolver(() => BackboneProgressed)
export class BackboneProgressedResolver {
  constructor(private readonly datasets: DatasetService) {}

  @FieldResolver(() => DatasetType, { description: 'The dataset.' })
  dataset(@Root() { record }: BackboneProgressed, @Ctx() { loaders }: Context) {
    return loaders.load(this.datasets.byId, record.datasetId);
  }
}
