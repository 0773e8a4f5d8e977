import { Field, Float, Int, ObjectType } from 'type-graphql';
import { ClassBalance } from '../../../shared/enums';

@ObjectType({ description: 'Figures of one epoch.' })
class TrainingEpoch {
  @Field(() => Int, { description: 'Number of the epoch, from 1.' })
  epoch!: number;

  @Field(() => Float, { description: 'Duration in seconds.' })
  seconds!: number;

  @Field(() => Float, { description: 'Mean training loss over the epoch.' })
  loss!: number;

  @Field(() => Float, { description: 'Accuracy on training images during the epoch, 0 to 1.' })
  accuracy!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Loss on validation images after the epoch. Null without any.',
  })
  validationLoss!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Accuracy on validation images after the epoch, 0 to 1. Null without any.',
  })
  validationAccuracy!: number | null;
}

@ObjectType({ description: 'Progress of a network’s training, epoch by epoch.' })
export class RunTraining {
  @Field(() => [TrainingEpoch], { description: 'Finished epochs.' })
  epochs!: TrainingEpoch[];

  @Field(() => Int, { description: 'Number of requested epochs.' })
  epochCount!: number;

  @Field(() => Float, { nullable: true, description: 'Training speed. Null until it is known.' })
  imagesPerSecond!: number | null;
}

@ObjectType({ description: 'Options of a network’s training, with every default filled in.' })
export class RunOptions {
  @Field(() => Int, { description: 'Number of passes over the labels.' })
  epochs!: number;

  @Field(() => Int, { description: 'Images per step.' })
  batchSize!: number;

  @Field(() => Float, { description: 'Learning rate.' })
  learningRate!: number;

  @Field(() => Boolean, { description: 'Whether half of the images were mirrored.' })
  flip!: boolean;

  @Field(() => Float, { description: 'Maximum rotation of images, in degrees.' })
  rotationDegrees!: number;

  @Field(() => Float, { description: 'Maximum scaling of images, as a share.' })
  zoom!: number;

  @Field(() => ClassBalance, { description: 'Treatment of classes with few labels.' })
  balance!: ClassBalance;

  @Field(() => String, { nullable: true, description: 'With FINETUNE: the first trained block.' })
  fromBlock!: string | null;

  @Field(() => Boolean, {
    description: 'Whether it continued from the dataset’s last network of this recipe.',
  })
  continueLast!: boolean;

  @Field(() => Float, {
    nullable: true,
    description: 'With continueLast: number of old images per new one. Null for all images.',
  })
  replayRatio!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'With continueLast: factor that multiplies the last weights. Null for a run from fresh weights.',
  })
  shrink!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'With continueLast: noise added to the last weights, as a share of their standard ' +
      'deviation. Null for a run from fresh weights.',
  })
  perturb!: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'With FINETUNE: the backbone that training started from.',
  })
  baseBackboneId!: string | null;
}
