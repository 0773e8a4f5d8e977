import { Field, Float, ID, InputType, Int } from 'type-graphql';
import { OverlapMode } from '../../../shared/enums';

@InputType()
export class CreateDatasetInput {
  @Field(() => String)
  name!: string;

  @Field(() => [String], { nullable: true })
  classNames?: string[] | null;

  @Field(() => Int, { nullable: true })
  autoRetrainAfter?: number | null;

  @Field(() => String, { nullable: true, description: 'Decides the train/validation/test split.' })
  seed?: string | null;
}

@InputType()
export class UpdateDatasetInput {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { nullable: true })
  name?: string | null;

  @Field(() => Int, { nullable: true })
  autoRetrainAfter?: number | null;

  @Field(() => Float, { nullable: true, description: 'Between 0 and 1; 0.95 at first.' })
  targetAccuracy?: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Share of what a certificate covers that may be wrong: 0.0001 to 0.5.',
  })
  certificateEpsilon?: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'Chance that a certificate may be wrong: 0.0001 to 0.2. It stays as it is while attempts share it: from the first ' +
      'audit on, until one of them is issued.',
  })
  certificateAlpha?: number | null;
  @Field(() => OverlapMode, { nullable: true })
  overlapMode?: OverlapMode | null;

  @Field(() => Int, { nullable: true, description: '1 to 5.' })
  overlap?: number | null;

  @Field(() => Float, { nullable: true, description: '0 to 1.' })
  overlapShare?: number | null;

  @Field(() => Float, { nullable: true, description: '0 to 1.' })
  blindShare?: number | null;
}
