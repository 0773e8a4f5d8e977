import { Field, Float, ID, InputType, Int } from 'type-graphql';
import { ClassBalance, Recipe } from '../../../shared/enums';

@InputType({ description: 'Options of a network’s training. Every field has a default.' })
export class TrainNetworkInput {
  @Field(() => Int, {
    nullable: true,
    description: 'Number of passes over the labels. Default: 30 from scratch, 10 to fine-tune.',
  })
  epochs?: number | null;

  @Field(() => Int, { nullable: true, description: 'Images per step. Default: 32.' })
  batchSize?: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Learning rate. Default: 0.01 from scratch, 0.005 to fine-tune.',
  })
  learningRate?: number | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether to mirror half of the images. Default: yes.',
  })
  flip?: boolean | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Maximum rotation of images, in degrees. Default: 0.',
  })
  rotationDegrees?: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Maximum scaling of images, as a share. Default: 0.',
  })
  zoom?: number | null;

  @Field(() => ClassBalance, {
    nullable: true,
    description: 'Treatment of classes with few labels. Default: NONE.',
  })
  balance?: ClassBalance | null;

  @Field(() => String, {
    nullable: true,
    description: 'With FINETUNE: the first block of the backbone to train. Default: its last one.',
  })
  fromBlock?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'With FINETUNE: the backbone to start from. Default: the dataset’s present one, or ' +
      'the one that it was fine-tuned from.',
  })
  backboneId?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether to continue from the weights of the dataset’s last network of this recipe. ' +
      'Default: no.',
  })
  continueLast?: boolean | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'With continueLast: number of old images per new one, 0 to 100. New images are those ' +
      'labelled after that network’s run started. Default: all images.',
  })
  replayRatio?: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'With continueLast: factor that multiplies the last weights, 0 to 1. Default: 1. Together with ' +
      'perturb this is shrink and perturb (Ash & Adams 2020).',
  })
  shrink?: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'With continueLast: noise added to the last weights, as a share of their standard ' +
      'deviation, 0 to 1. Default: 0.',
  })
  perturb?: number | null;
}

@InputType({ description: 'A retrain run to queue.' })
export class StartRetrainRunInput {
  @Field(() => ID, { description: 'The dataset.' })
  datasetId!: string;

  @Field(() => Recipe, {
    defaultValue: Recipe.HEAD,
    description:
      'HEAD fits a classifier on the backbone’s embeddings, in seconds. FINETUNE continues ' +
      'to train the backbone, SCRATCH trains AlexNet from random weights, in minutes on a ' +
      'GPU and hours without. Heads are fitted meanwhile.',
  })
  recipe!: Recipe;

  @Field(() => TrainNetworkInput, {
    nullable: true,
    description: 'Training options of FINETUNE and SCRATCH.',
  })
  training?: TrainNetworkInput | null;
}

@InputType({ description: 'Cancels a retrain run.' })
export class CancelRetrainRunInput {
  @Field(() => ID, { description: 'The run.' })
  id!: string;
}
