import { Field, Float, Int, ObjectType } from 'type-graphql';
import { ClassBalance } from '../../../shared/enums';

@ObjectType()
class TrainingEpoch {
  @Field(() => Int, { description: 'From 1.' })
  epoch!: number;

  @Field(() => Float)
  seconds!: number;

  @Field(() => Float, { description: 'Mean over the epoch, while the network moved.' })
  loss!: number;

  @Field(() => Float)
  accuracy!: number;

  @Field(() => Float, { nullable: true })
  validationLoss!: number | null;

  @Field(() => Float, { nullable: true })
  validationAccuracy!: number | null;
}

@ObjectType({ description: 'How the training of a network went, epoch by epoch.' })
export class RunTraining {
  @Field(() => [TrainingEpoch])
  epochs!: TrainingEpoch[];

  @Field(() => Int, { description: 'Epochs that were asked for.' })
  epochCount!: number;

  @Field(() => Float, { nullable: true })
  imagesPerSecond!: number | null;
}

@ObjectType({ description: 'How a network is trained, with every default filled in.' })
export class RunOptions {
  @Field(() => Int)
  epochs!: number;

  @Field(() => Int)
  batchSize!: number;

  @Field(() => Float)
  learningRate!: number;

  @Field(() => Boolean)
  flip!: boolean;

  @Field(() => Float)
  rotationDegrees!: number;

  @Field(() => Float)
  zoom!: number;

  @Field(() => ClassBalance)
  balance!: ClassBalance;

  @Field(() => String, { nullable: true })
  fromBlock!: string | null;

  @Field(() => Boolean)
  continueLast!: boolean;

  @Field(() => Float, {
    nullable: true,
    description: 'Old images per new one that it trained on; null for all.',
  })
  replayRatio!: number | null;

  @Field(() => Float, { nullable: true, description: 'Null for a run that begins afresh.' })
  shrink!: number | null;

  @Field(() => Float, { nullable: true, description: 'Null for a run that begins afresh.' })
  perturb!: number | null;

  @Field(() => String, { nullable: true })
  baseBackboneId!: string | null;
}
