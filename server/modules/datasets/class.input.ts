import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { Payload } from '../../graphql/mutationError.type';
import { ClassType } from './class.type';
import { DatasetType } from './dataset.type';

@InputType()
export class AddClassInput {
  @Field(() => ID)
  datasetId!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String, { nullable: true })
  color?: string | null;

  @Field(() => String, { nullable: true })
  hotkey?: string | null;
}

@InputType()
export class UpdateClassInput {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { nullable: true })
  name?: string | null;

  @Field(() => String, { nullable: true })
  color?: string | null;

  @Field(() => String, { nullable: true, description: 'An empty string removes it.' })
  hotkey?: string | null;
}

@InputType()
export class ReorderClassesInput {
  @Field(() => ID)
  datasetId!: string;

  @Field(() => [ID], { description: 'Every unarchived class once.' })
  classIds!: string[];
}

@InputType()
export class ArchiveClassInput {
  @Field(() => ID)
  id!: string;

  @Field(() => Boolean, { defaultValue: true, description: 'false brings it back.' })
  archived!: boolean;
}

@ObjectType()
export class ClassPayload extends Payload {
  @Field(() => ClassType, { nullable: true })
  class?: ClassType;

  @Field(() => DatasetType, { nullable: true })
  dataset?: DatasetType;
}
