import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Field,
  FieldResolver,
  Int,
  Mutation,
  Resolver,
  Root,
} from 'type-graphql';
import { QueueReason } from '../../../shared/enums';
import type { BlindGuard } from '../../domain/blind';
import type { Context } from '../../graphql/context';
import { withPlainIds } from '../../graphql/globalId';
import { hiddenFrom } from '../../graphql/hidden';
import { PageArgs, pageRequest, toConnection } from '../../graphql/pagination';
import { UserType } from '../auth/user.type';
import type { Class } from '../datasets/dataset.ports';
import { ClassType } from '../datasets/class.type';
import type { Dataset } from '../datasets/dataset.ports';
import { DatasetType } from '../datasets/dataset.type';
import type { Image } from '../images/image.ports';
import type { ImageService } from '../images/image.service';
import { ImageType } from '../images/image.type';
import type { LaneService } from './lane.service';
import type { Lease } from './lease.entity';
import type { LeaseService } from './lease.service';
import type { QueueEntry } from './queue.repository';
import type { QueueService } from './queue.service';
import {
  LeaseTasksInput,
  LeaseTasksPayload,
  ReleaseTasksInput,
  ReleaseTasksPayload,
  RenewLeasesInput,
  RenewLeasesPayload,
  SkipTaskInput,
  SkipTaskPayload,
} from './task.input';
import { LaneCount, NextGridType, QueueConnection, QueueEntryType, TaskType } from './task.type';

@ArgsType()
class QueueArgs extends PageArgs {
  @Field(() => Int, { defaultValue: 20, description: 'Maximum number of entries.' })
  override first!: number;
}

@Resolver(() => TaskType)
export class TaskResolver {
  constructor(
    private readonly leases: LeaseService,
    private readonly images: ImageService,
    private readonly queueService: QueueService,
    private readonly blinds: BlindGuard,
  ) {}

  @Mutation(() => LeaseTasksPayload, {
    description:
      'Leases the next tasks of a lane for the viewer. Errors: LimitExceeded (the viewer holds ' +
      'too many tasks of the dataset).',
  })
  async leaseTasks(
    @Arg('input', () => LeaseTasksInput, { description: 'Input of the mutation.' })
    input: LeaseTasksInput,
    @Ctx() { viewer, loaders }: Context,
  ) {
    const order = withPlainIds(input, { datasetId: 'Dataset' }, { classId: 'Class' });
    const tasks = await this.leases.lease(viewer, order);
    // An earlier field of this request may have asked what is hidden.
    loaders.forget(this.blinds.byPerson);
    return { tasks };
  }

  @Mutation(() => RenewLeasesPayload, {
    description:
      'Extends leases of the viewer. Leases that have ended are left out of the result. A lease ' +
      'ends for good an hour after it was taken (LABELLOOP_LEASE_MAX_MINUTES).',
  })
  async renewLeases(
    @Arg('input', () => RenewLeasesInput, { description: 'Input of the mutation.' })
    { leaseTokens }: RenewLeasesInput,
    @Ctx() { viewer, loaders }: Context,
  ) {
    const tasks = await this.leases.renew(viewer, leaseTokens);
    loaders.forget(this.blinds.byPerson);
    return { tasks };
  }

  @Mutation(() => ReleaseTasksPayload, { description: 'Returns tasks unanswered.' })
  async releaseTasks(
    @Arg('input', () => ReleaseTasksInput, { description: 'Input of the mutation.' })
    { leaseTokens }: ReleaseTasksInput,
    @Ctx() { viewer }: Context,
  ) {
    return { released: await this.leases.release(viewer, leaseTokens) };
  }

  @Mutation(() => SkipTaskPayload, {
    description:
      'Returns a task, and does not offer it to this person again. In the lane CONFIRM it ' +
      'means “not this class”: the image leaves the grid for everybody and becomes a ' +
      'single-image task.',
  })
  async skipTask(
    @Arg('input', () => SkipTaskInput, { description: 'Input of the mutation.' })
    { leaseToken }: SkipTaskInput,
    @Ctx() { viewer }: Context,
  ) {
    return { image: await this.leases.skip(viewer, leaseToken) };
  }

  @FieldResolver(() => ImageType, { description: 'The image.' })
  image(@Root() lease: Lease, @Ctx() { loaders }: Context) {
    return loaders.load(this.images.byId, lease.imageId);
  }

  @FieldResolver(() => QueueReason, {
    nullable: true,
    description:
      'Why the queue asks for it. Only in the lane HARD, and null if the prediction is ' +
      'hidden. A second opinion shows the reason of another image, so that gold images ' +
      'cannot be recognised.',
  })
  reason(@Root() lease: Lease, @Ctx() { loaders }: Context) {
    return loaders.load(this.queueService.reasonsOf, lease.token);
  }
}

@Resolver(() => QueueEntryType)
export class QueueEntryResolver {
  constructor(private readonly images: ImageService) {}

  @FieldResolver(() => ImageType, { description: 'The image.' })
  image(@Root() entry: QueueEntry, @Ctx() { loaders }: Context) {
    return loaders.load(this.images.byId, entry.imageId);
  }
}

@Resolver(() => DatasetType)
export class DatasetQueueResolver {
  constructor(
    private readonly queueService: QueueService,
    private readonly laneService: LaneService,
    private readonly blinds: BlindGuard,
  ) {}

  @FieldResolver(() => [LaneCount], {
    description: 'The lanes REVIEW and AUDIT, with the number of waiting images.',
  })
  lanes(@Root() dataset: Dataset, @Ctx() { loaders }: Context) {
    return loaders.load(this.laneService.counts, dataset.id);
  }

  @FieldResolver(() => QueueConnection, {
    description:
      'The next images to label, most informative first. Leased ones are marked. Images of blind ' +
      'tasks of the viewer are left out.',
  })
  async queue(
    @Root() dataset: Dataset,
    @Args(() => QueueArgs) args: QueueArgs,
    @Ctx() context: Context,
  ) {
    const request = pageRequest(args, ['integer']);
    const hidden = await hiddenFrom(this.blinds, context);
    return toConnection(await this.queueService.page(dataset, request, hidden), request);
  }
}

@Resolver(() => ClassType)
export class NextGridResolver {
  constructor(private readonly leases: LeaseService) {}

  @FieldResolver(() => NextGridType, {
    nullable: true,
    description: 'Its next grid in the lane CONFIRM. Null if nothing is left to confirm.',
  })
  nextGrid(@Root() { id }: Class, @Ctx() { loaders }: Context) {
    return loaders.load(this.leases.nextGrids, id);
  }
}

@Resolver(() => ImageType)
export class ImageLeaseResolver {
  constructor(private readonly queueService: QueueService) {}

  @FieldResolver(() => [UserType], {
    description: 'The person with a live lease on it. Null without one.',
  })
  leasedBy(@Root() image: Image, @Ctx() { loaders }: Context) {
    return loaders.load(this.queueService.leasedBy, image.id);
  }
}
