import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { Context } from '../../graphql/context';
import { DatasetCountsType } from '../datasets/dataset.type';
import { countsFor, type EventCounts } from '../datasets/dataset.ports';
import { payloadOf, type DatasetEvent, type EventClass } from '../events/event.type';
import type { ImageService } from '../images/image.service';
import { ImageType } from '../images/image.type';
import { LabelRecorded, LabelUndone } from './label.events';
import type { LabelService } from './label.service';
import { LabelType } from './label.type';

/** The fields that both kinds of label event share. */
function labelEventResolver(eventType: EventClass) {
  @Resolver(() => eventType)
  class LabelEventResolver {
    constructor(
      private readonly labels: LabelService,
      private readonly images: ImageService,
      private readonly counter: EventCounts,
    ) {}

    @FieldResolver(() => LabelType, { description: 'The label.' })
    label(@Root() event: DatasetEvent, @Ctx() { loaders }: Context) {
      return loaders.load(this.labels.byId, payloadOf(event, 'label.recorded').labelId);
    }

    @FieldResolver(() => ImageType, { description: 'The image.' })
    image(@Root() event: DatasetEvent, @Ctx() { loaders }: Context) {
      return loaders.load(this.images.byId, payloadOf(event, 'label.recorded').imageId);
    }

    @FieldResolver(() => DatasetCountsType, { description: 'The dataset’s counts now.' })
    async counts(@Root() event: DatasetEvent, @Ctx() { viewer }: Context) {
      return countsFor(viewer, await this.counter.atEvent(event.record));
    }
  }
  return LabelEventResolver;
}

export const LabelRecordedResolver = labelEventResolver(LabelRecorded);
export const LabelUndoneResolver = labelEventResolver(LabelUndone);
