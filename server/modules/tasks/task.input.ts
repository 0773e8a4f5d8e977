import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { Lane } from '../../../shared/enums';
import { Payload } from '../../graphql/mutationError.type';
import { ImageType } from '../images/image.type';
import { TaskType } from './task.type';

@InputType({ description: 'Tasks to lease.' })
export class LeaseTasksInput {
  @Field(() => ID, { description: 'The dataset.' })
  datasetId!: string;

  @Field(() => Lane, { defaultValue: Lane.HARD, description: 'The lane.' })
  lane!: Lane;

  @Field(() => Int, { defaultValue: 5, description: 'Maximum number of tasks.' })
  count!: number;

  @Field(() => ID, {
    nullable: true,
    description:
      'With CONFIRM: the predicted class of the grid. Default: the class whose next grid ' +
      'costs the fewest keys and clicks per image.',
  })
  classId?: string | null;
}

@ObjectType({ description: 'Result of leaseTasks.' })
export class LeaseTasksPayload extends Payload {
  @Field(() => [TaskType], {
    nullable: true,
    description:
      'The leased tasks, fewer than requested if there are no more. Null after an error.',
  })
  tasks?: TaskType[];
}

@InputType({ description: 'Leases to extend.' })
export class RenewLeasesInput {
  @Field(() => [String], { description: 'Tokens of the tasks.' })
  leaseTokens!: string[];
}

@ObjectType({ description: 'Result of renewLeases.' })
export class RenewLeasesPayload extends Payload {
  @Field(() => [TaskType], {
    nullable: true,
    description: 'Tasks whose leases were extended. Null after an error.',
  })
  tasks?: TaskType[];
}

@InputType({ description: 'Tasks to return.' })
export class ReleaseTasksInput {
  @Field(() => [String], { description: 'Tokens of the tasks.' })
  leaseTokens!: string[];
}

@ObjectType({ description: 'Result of releaseTasks.' })
export class ReleaseTasksPayload extends Payload {
  @Field(() => Int, {
    nullable: true,
    description: 'Number of returned tasks. Null after an error.',
  })
  released?: number;
}

@InputType({ description: 'A task to skip.' })
export class SkipTaskInput {
  @Field(() => String, { description: 'The token of the task.' })
  leaseToken!: string;
}

@ObjectType({ description: 'Result of skipTask.' })
export class SkipTaskPayload extends Payload {
  @Field(() => ImageType, {
    nullable: true,
    description: 'The skipped image. Null after an error.',
  })
  image?: ImageType;
}
