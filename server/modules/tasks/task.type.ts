import { GraphQLDateTime } from 'graphql-scalars';
import { Field, Float, Int, ObjectType } from 'type-graphql';
import { Lane, QueueReason } from '../../../shared/enums';
import { PageInfo } from '../../graphql/pagination';
import { DatasetEvent, payloadOf } from '../events/event.type';

@ObjectType('Task', {
  description: 'What an annotator is asked next: one image, claimed by a lease for a short while.',
})
export class TaskType {
  imageId!: string;
  token!: string;
  expiresAt!: Date;

  @Field(() => Lane)
  lane!: Lane;

  @Field(() => Boolean, { description: 'Answer without seeing what the model predicts.' })
  blind!: boolean;

  @Field(() => String, { description: 'Send it back with the answer.' })
  leaseToken(): string {
    return this.token;
  }

  @Field(() => GraphQLDateTime)
  leaseExpiresAt(): Date {
    return this.expiresAt;
  }
}

@ObjectType('QueueEntry')
export class QueueEntryType {
  imageId!: string;

  @Field(() => Int)
  position!: number;

  @Field(() => QueueReason, { description: 'Why the image stands here.' })
  reason!: QueueReason;
}

@ObjectType()
class QueueEdge {
  @Field(() => String)
  cursor!: string;

  @Field(() => QueueEntryType)
  node!: QueueEntryType;
}

@ObjectType()
export class QueueConnection {
  @Field(() => [QueueEdge])
  edges!: QueueEdge[];

  @Field(() => [QueueEntryType])
  nodes!: QueueEntryType[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;
}

@ObjectType({ implements: DatasetEvent })
export class QueueOrdered extends DatasetEvent {
  @Field(() => Int, { description: 'How many images stand in the queue.' })
  count(): number {
    return payloadOf(this, 'queue.ordered').count;
  }
}

@ObjectType('NextGrid', { description: 'What the lane CONFIRM shows of a predicted class next.' })
export class NextGridType {
  @Field(() => Int, { description: 'Images that it shows.' })
  images!: number;

  @Field(() => Float, {
    description: 'Their mean confidence, 0 to 1: as many of them are to be expected right.',
  })
  confidence!: number;
}

@ObjectType({ description: 'How full a lane is that images are put into for a reason.' })
export class LaneCount {
  @Field(() => Lane)
  lane!: Lane;

  @Field(() => Int, { description: 'Images that wait for an answer.' })
  waiting!: number;
}

@ObjectType({
  implements: DatasetEvent,
  description: 'Images came into a lane, or were taken out of it unanswered.',
})
export class LaneChanged extends DatasetEvent {
  @Field(() => Lane)
  lane(): Lane {
    return payloadOf(this, 'lane.changed').lane;
  }
}
