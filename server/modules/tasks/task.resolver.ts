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
import type { Context } from '../../graphql/context';
import { withPlainIds } from '../../graphql/globalId';
import { PageArgs, pageRequest, toConnection } from '../../graphql/pagination';
import { UserType } from '../auth/user.type';
import type { Class } from '../datasets/dataset.ports';
import { ClassType } from '../datasets/class.type';
import type { Dataset } from '../datasets/dataset.ports';
import { DatasetType } from '../datasets/dataset.type';
import type { Image } from '../images/image.entity';
import type { ImageService } from '../images/image.service';
import { ImageType } from '../images/image.type';
import type { LaneService } from './lane.service';
import type { Lease } from './lease.entity';
import type { LeaseService } from './lease.service';
import type { QueueEntry, QueueService } from './queue.service';
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
  @Field(() => Int, { defaultValue: 20 })
  override first!: number;
}

@Resolver(() => TaskType)
export class TaskResolver {
  constructor(
    private readonly leases: LeaseService,
    private readonly images: ImageService,
    private readonly queueService: QueueService,
  ) {}

  @Mutation(() => LeaseTasksPayload)
  async leaseTasks(
    @Arg('input', () => LeaseTasksInput) input: LeaseTasksInput,
    @Ctx() { viewer }: Context,
  ) {
    const order = withPlainIds(input, { datasetId: 'Dataset' }, { classId: 'Class' });
    return { tasks: await this.leases.lease(viewer, order) };
  }

  @Mutation(() => RenewLeasesPayload, {
    description: 'Extends leases of the viewer; those already lost are left out of the answer.',
  })
  async renewLeases(
    @Arg('input', () => RenewLeasesInput) { leaseTokens }: RenewLeasesInput,
    @Ctx() { viewer }: Context,
  ) {
    return { tasks: await this.leases.renew(viewer, leaseTokens) };
  }

  @Mutation(() => ReleaseTasksPayload, { description: 'Gives tasks back unanswered.' })
  async releaseTasks(
    @Arg('input', () => ReleaseTasksInput) { leaseTokens }: ReleaseTasksInput,
    @Ctx() { viewer }: Context,
  ) {
    return { released: await this.leases.release(viewer, leaseTokens) };
  }

  @Mutation(() => SkipTaskPayload, {
    description:
      'Gives a task back and does not ask this person about it again. In the lane CONFIRM it says “not this class”: ' +
      'nobody is shown the image in that grid again, and it is asked one by one.',
  })
  async skipTask(
    @Arg('input', () => SkipTaskInput) { leaseToken }: SkipTaskInput,
    @Ctx() { viewer }: Context,
  ) {
    return { image: await this.leases.skip(viewer, leaseToken) };
  }

  @FieldResolver(() => ImageType)
  image(@Root() lease: Lease, @Ctx() { loaders }: Context) {
    return loaders.load(this.images.byId, lease.imageId);
  }

  @FieldResolver(() => QueueReason, {
    nullable: true,
    description:
      'Why the queue asks for it: in the lane HARD, and null where the answer is to be given blind. A further answer ' +
      'to an image borrows the reason of another, so that gold images look like the rest.',
  })
  reason(@Root() lease: Lease, @Ctx() { loaders }: Context) {
    return loaders.load(this.queueService.reasonsOf, lease.token);
  }
}

@Resolver(() => QueueEntryType)
export class QueueEntryResolver {
  constructor(private readonly images: ImageService) {}

  @FieldResolver(() => ImageType)
  image(@Root() entry: QueueEntry, @Ctx() { loaders }: Context) {
    return loaders.load(this.images.byId, entry.imageId);
  }
}

@Resolver(() => DatasetType)
export class DatasetQueueResolver {
  constructor(
    private readonly queueService: QueueService,
    private readonly laneService: LaneService,
  ) {}

  @FieldResolver(() => [LaneCount], {
    description: 'The lanes that images are put into for a reason, and how many wait there.',
  })
  lanes(@Root() dataset: Dataset, @Ctx() { loaders }: Context) {
    return loaders.load(this.laneService.counts, dataset.id);
  }

  @FieldResolver(() => QueueConnection, {
    description: 'The images that would be asked about next, best first; leased ones are marked.',
  })
  async queue(@Root() dataset: Dataset, @Args(() => QueueArgs) args: QueueArgs) {
    const request = pageRequest(args, ['integer']);
    return toConnection(await this.queueService.page(dataset, request), request);
  }
}

@Resolver(() => ClassType)
export class NextGridResolver {
  constructor(private readonly leases: LeaseService) {}

  @FieldResolver(() => NextGridType, {
    nullable: true,
    description: 'Its next grid in the lane CONFIRM; null where nothing is left to confirm.',
  })
  nextGrid(@Root() { id }: Class, @Ctx() { loaders }: Context) {
    return loaders.load(this.leases.nextGrids, id);
  }
}

@Resolver(() => ImageType)
export class ImageLeaseResolver {
  constructor(private readonly queueService: QueueService) {}

  @FieldResolver(() => [UserType], { description: 'Who holds a live lease on it.' })
  leasedBy(@Root() image: Image, @Ctx() { loaders }: Context) {
    return loaders.load(this.queueService.leasedBy, image.id);
  }
}
