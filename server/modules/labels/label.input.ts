import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { Payload } from '../../graphql/mutationError.type';
import { ImageType } from '../images/image.type';
import { LabelType } from './label.type';

@InputType()
export class RecordLabelInput {
  @Field(() => ID)
  imageId!: string;

  @Field(() => ID)
  classId!: string;

  @Field(() => String, {
    nullable: true,
    description: 'From the task; without one the answer still counts (labelling from a gallery).',
  })
  leaseToken?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'image.version as it was read; without it the last write wins.',
  })
  expectedVersion?: number | null;

  @Field(() => String, { description: 'Any unique string: a repeat returns the first result.' })
  clientMutationId!: string;
}

@ObjectType()
export class RecordLabelPayload extends Payload {
  @Field(() => LabelType, { nullable: true })
  label?: LabelType;

  @Field(() => ImageType, { nullable: true })
  image?: ImageType;

  @Field(() => String, { nullable: true })
  clientMutationId?: string;
}

@InputType()
export class RecordLabelsInput {
  @Field(() => [RecordLabelInput], { description: 'At most limits.maxLabelsPerCall.' })
  labels!: RecordLabelInput[];
}

@ObjectType()
export class RecordLabelsPayload extends Payload {
  @Field(() => [RecordLabelPayload], { nullable: true, description: 'In the order of labels.' })
  results?: RecordLabelPayload[];
}

@InputType()
export class UndoLabelInput {
  @Field(() => ID)
  labelId!: string;

  @Field(() => String)
  clientMutationId!: string;
}

@ObjectType()
export class UndoLabelPayload extends Payload {
  @Field(() => LabelType, { nullable: true })
  label?: LabelType;

  @Field(() => ImageType, { nullable: true })
  image?: ImageType;

  @Field(() => String, { nullable: true })
  clientMutationId?: string;
}
