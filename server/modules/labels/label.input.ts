import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { Payload } from '../../graphql/mutationError.type';
import { ImageType } from '../images/image.type';
import { LabelType } from './label.type';

@InputType({ description: 'A label to record.' })
export class RecordLabelInput {
  @Field(() => ID, { description: 'The image.' })
  imageId!: string;

  @Field(() => ID, { description: 'The class.' })
  classId!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'The token of the task. An answer without one still counts, for example from a gallery.',
  })
  leaseToken?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'The image.version that was read. Without it the last write wins.',
  })
  expectedVersion?: number | null;

  @Field(() => String, {
    description: 'Any unique string. A repeated call with it returns the first result.',
  })
  clientMutationId!: string;
}

@ObjectType({ description: 'Result of recordLabel.' })
export class RecordLabelPayload extends Payload {
  @Field(() => LabelType, { nullable: true, description: 'The label. Null after an error.' })
  label?: LabelType;

  @Field(() => ImageType, {
    nullable: true,
    description: 'The image after the mutation. Null after an error.',
  })
  image?: ImageType;

  @Field(() => String, { nullable: true, description: 'The id that was sent.' })
  clientMutationId?: string;
}

@InputType({ description: 'Labels to record.' })
export class RecordLabelsInput {
  @Field(() => [RecordLabelInput], { description: 'The labels, at most limits.maxLabelsPerCall.' })
  labels!: RecordLabelInput[];
}

@ObjectType({ description: 'Result of recordLabels.' })
export class RecordLabelsPayload extends Payload {
  @Field(() => [RecordLabelPayload], {
    nullable: true,
    description: 'One result per label, in the order of labels. Null after an error.',
  })
  results?: RecordLabelPayload[];
}

@InputType({ description: 'A label to undo.' })
export class UndoLabelInput {
  @Field(() => ID, { description: 'The label.' })
  labelId!: string;

  @Field(() => String, {
    description: 'Any unique string. A repeated call with it returns the first result.',
  })
  clientMutationId!: string;
}

@ObjectType({ description: 'Result of undoLabel.' })
export class UndoLabelPayload extends Payload {
  @Field(() => LabelType, { nullable: true, description: 'The undone label. Null after an error.' })
  label?: LabelType;

  @Field(() => ImageType, {
    nullable: true,
    description: 'The image after the mutation. Null after an error.',
  })
  image?: ImageType;

  @Field(() => String, { nullable: true, description: 'The id that was sent.' })
  clientMutationId?: string;
}
