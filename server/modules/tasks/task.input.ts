import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { Lane } from '../../../shared/enums';
import { Payload } from '../../graphql/mutationError.type';
import { ImageType } from '../images/image.type';
import { TaskType } from './task.type';

@InputType()
export class LeaseTasksInput {
  @Field(() => ID)
  datasetId!: string;

  @Field(() => Lane, { defaultValue: Lane.HARD })
  lane!: Lane;

  @Field(() => Int, { defaultValue: 5 })
  count!: number;

  @Field(() => ID, {
    nullable: true,
    description:
      'CONFIRM: the predicted class of the grid; without it, the class whose next grid costs the fewest keys and clicks for each image confirmed.',
  })
  classId?: string | null;
}

@ObjectType()
export class LeaseTasksPayload extends Payload {
  @Field(() => [TaskType], { nullable: true })
  tasks?: TaskType[];
}

@InputType()
export class RenewLeasesInput {
  @Field(() => [String])
  leaseTokens!: string[];
}

@ObjectType()
export class RenewLeasesPayload extends Payload {
  @Field(() => [TaskType], { nullable: true })
  tasks?: TaskType[];
}

@InputType()
export class ReleaseTasksInput {
  @Field(() => [String])
  leaseTokens!: string[];
}

@ObjectType()
export class ReleaseTasksPayload extends Payload {
  @Field(() => Int, { nullable: true })
  released?: number;
}

@InputType()
export class SkipTaskInput {
  @Field(() => String)
  leaseToken!: string;
}

@ObjectType()
export class SkipTaskPayload extends Payload {
  @Field(() => ImageType, { nullable: true })
  image?: ImageType;
}
