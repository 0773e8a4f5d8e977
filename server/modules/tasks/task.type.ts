import { GraphQLDateTime } from 'graphql-scalars';
import { Field, Float, Int, ObjectType } from 'type-graphql';
import { Lane, QueueReason } from '../../../shared/enums';
import { PageInfo } from '../../graphql/pagination';
import { DatasetEvent, payloadOf } from '../events/event.type';

@ObjectType('Task', {
  description: 'An image that an annotator is asked to label, with a temporary lease.',
})
export class TaskType {
  imageId!: string;
  token!: string;
  expiresAt!: Date;

  @Field(() => Lane, { description: 'The lane.' })
  lane!: Lane;

  @Field(() => Boolean, { description: 'Whether the prediction is hidden.' })
  blind!: boolean;

  @Field(() => String, { description: 'Send it back with the answer.' })
  leaseToken(): string {
    return this.token;
  }

  @Field(() => GraphQLDateTime, { description: 'When the lease ends unless it is renewed.' })
  leaseExpiresAt(): Date {
    return this.expiresAt;
  }
}

@ObjectType('QueueEntry', { description: 'An image’s place in the queue.' })
export class QueueEntryType {
  imageId!: string;

  @Field(() => Int, { description: 'Place in the queue, from 0.' })
  position!: number;

  @Field(() => QueueReason, { description: 'Why the image has this place.' })
  reason!: QueueReason;
}

@ObjectType({ description: 'A queue entry on a page.' })
class QueueEdge {
  @Field(() => String, { description: 'Cursor of this entry. The next page starts after it.' })
  cursor!: string;

  @Field(() => QueueEntryType, { description: 'The entry.' })
  node!: QueueEntryType;
}

@ObjectType({ description: 'A page of the queue.' })
export class QueueConnection {
  @Field(() => [QueueEdge], { description: 'The entries of this page with their cursors.' })
  edges!: QueueEdge[];

  @Field(() => [QueueEntryType], { description: 'The entries of this page.' })
  nodes!: QueueEntryType[];

  @Field(() => PageInfo, { description: 'Position of this page in the list.' })
  pageInfo!: PageInfo;
}

@ObjectType({ implements: DatasetEvent, description: 'The queue has a new order.' })
export class QueueOrdered extends DatasetEvent {
  @Field(() => Int, { description: 'Number of images in the queue.' })
  count(): number {
    return payloadOf(this, 'queue.ordered').count;
  }
}

@ObjectType('NextGrid', { description: 'The next grid of a predicted class in the lane CONFIRM.' })
export class NextGridType {
  @Field(() => Int, { description: 'Number of its images.' })
  images!: number;

  @Field(() => Float, {
    description:
      'Mean confidence of its images, 0 to 1: the expected share of correct predictions.',
  })
  confidence!: number;
}

@ObjectType({ description: 'Number of images that wait in a lane for a stored reason.' })
export class LaneCount {
  @Field(() => Lane, { description: 'The lane.' })
  lane!: Lane;

  @Field(() => Int, { description: 'Number of images that wait for an answer.' })
  waiting!: number;
}

@ObjectType({
  implements: DatasetEvent,
  description: 'Images entered a lane, or left it unanswered.',
})
export class LaneChanged extends DatasetEvent {
  @Field(() => Lane, { description: 'The lane.' })
  lane(): Lane {
    return payloadOf(this, 'lane.changed').lane;
  }
}
