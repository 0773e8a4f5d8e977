import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { Payload } from '../../graphql/mutationError.type';
import { ClassType } from './class.type';
import { DatasetType } from './dataset.type';

@InputType({ description: 'A new class of a dataset.' })
export class AddClassInput {
  @Field(() => ID, { description: 'The dataset that gets the class.' })
  datasetId!: string;

  @Field(() => String, { description: 'Name of the class, unique in the dataset.' })
  name!: string;

  @Field(() => String, {
    nullable: true,
    description: 'CSS colour, `#rrggbb`. Default: the next free colour of the palette.',
  })
  color?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'One character. Default: the next free key.',
  })
  hotkey?: string | null;
}

@InputType({ description: 'Changes of a class. Omitted fields stay unchanged.' })
export class UpdateClassInput {
  @Field(() => ID, { description: 'The class.' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'Name, unique in the dataset.' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: 'CSS colour, `#rrggbb`.' })
  color?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'One character. An empty string removes it.',
  })
  hotkey?: string | null;
}

@InputType({ description: 'A new order of classes.' })
export class ReorderClassesInput {
  @Field(() => ID, { description: 'The dataset.' })
  datasetId!: string;

  @Field(() => [ID], { description: 'Every unarchived class once, in the new order.' })
  classIds!: string[];
}

@InputType({ description: 'Archives or restores a class.' })
export class ArchiveClassInput {
  @Field(() => ID, { description: 'The class.' })
  id!: string;

  @Field(() => Boolean, { defaultValue: true, description: '`false` restores the class.' })
  archived!: boolean;
}

@ObjectType({ description: 'Result of a mutation on a class.' })
export class ClassPayload extends Payload {
  @Field(() => ClassType, { nullable: true, description: 'The class. Null after an error.' })
  class?: ClassType;

  @Field(() => DatasetType, {
    nullable: true,
    description: 'The dataset of the class. Null after an error.',
  })
  dataset?: DatasetType;
}
