import { Field, Float, ID, InputType, Int } from 'type-graphql';
import { OverlapMode } from '../../../shared/enums';

@InputType({ description: 'A new dataset.' })
export class CreateDatasetInput {
  @Field(() => String, { description: 'Name of the dataset, unique.' })
  name!: string;

  @Field(() => [String], { nullable: true, description: 'Names of its first classes.' })
  classNames?: string[] | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'Number of new labels after which a retrain run starts by itself. 0 switches that off.',
  })
  autoRetrainAfter?: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'Seed of the train, validation and test split.',
  })
  seed?: string | null;
}

@InputType({ description: 'Changes of a dataset. Omitted fields stay unchanged.' })
export class UpdateDatasetInput {
  @Field(() => ID, { description: 'The dataset.' })
  id!: string;

  @Field(() => String, { nullable: true, description: 'Name, unique.' })
  name?: string | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'Number of new labels after which a retrain run starts by itself. 0 switches that off.',
  })
  autoRetrainAfter?: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Target accuracy, between 0 and 1. A new dataset has 0.95.',
  })
  targetAccuracy?: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Maximum error rate of the images that a certificate covers, 0.0001 to 0.5.',
  })
  certificateEpsilon?: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'Allowed risk, 0.0001 to 0.2: the probability that a certificate is wrong. It is ' +
      'fixed while attempts share it, from the first audit until a certificate is issued.',
  })
  certificateAlpha?: number | null;
  @Field(() => OverlapMode, { nullable: true, description: 'Which images several people answer.' })
  overlapMode?: OverlapMode | null;

  @Field(() => Int, {
    nullable: true,
    description: 'With SHARE: number of people who answer each drawn image, 1 to 5.',
  })
  overlap?: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'With SHARE: share of the images that are drawn, 0 to 1.',
  })
  overlapShare?: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Share of the single-image tasks that hide the prediction, 0 to 1.',
  })
  blindShare?: number | null;
}
