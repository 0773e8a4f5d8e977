import { Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { limits } from '../../../shared/limits';
import type { Context } from '../../graphql/context';
import { DatasetCountsType } from '../datasets/dataset.type';
import { countsFor, type EventCounts } from '../datasets/dataset.ports';
import type { BackboneRegistry } from './backboneRegistry';
import { CapabilitiesType, ImagesEmbedded } from './embedding.type';

@Resolver()
export class CapabilitiesResolver {
  constructor(private readonly registry: BackboneRegistry) {}

  @Query(() => CapabilitiesType, {
    description:
      'What this server offers: its backbones and limits, and what is missing and how to ' +
      'get it.',
  })
  async capabilities() {
    const backbones = await this.registry.installed();
    return { backbones, missing: this.registry.missing(), limits };
  }
}

@Resolver(() => ImagesEmbedded)
export class ImagesEmbeddedResolver {
  constructor(private readonly counter: EventCounts) {}

  @FieldResolver(() => DatasetCountsType, { description: 'The dataset’s counts now.' })
  async counts(@Root() event: ImagesEmbedded, @Ctx() { viewer }: Context) {
    return countsFor(viewer, await this.counter.atEvent(event.record));
  }
}
