import { Field, Float, ID, InputType, Int } from 'type-graphql';
import { ClassBalance, Recipe } from '../../../shared/enums';

@InputType({ description: 'How to train a network. Everything has a default.' })
export class TrainNetworkInput {
  @Field(() => Int, {
    nullable: true,
    description: 'Passes over the labels: 30 from scratch, 10 to fine-tune.',
  })
  epochs?: number | null;

  @Field(() => Int, { nullable: true, description: 'Images per step: 32.' })
  batchSize?: number | null;

  @Field(() => Float, { nullable: true, description: '0.01 from scratch, 0.005 to fine-tune.' })
  learningRate?: number | null;

  @Field(() => Boolean, { nullable: true, description: 'Mirror half of the images: yes.' })
  flip?: boolean | null;

  @Field(() => Float, { nullable: true, description: 'Turn images by up to so much: 0.' })
  rotationDegrees?: number | null;

  @Field(() => Float, { nullable: true, description: 'Scale images by up to this share: 0.' })
  zoom?: number | null;

  @Field(() => ClassBalance, { nullable: true })
  balance?: ClassBalance | null;

  @Field(() => String, {
    nullable: true,
    description: 'FINETUNE: the first block of the backbone that trains; its last one without.',
  })
  fromBlock?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'FINETUNE: the backbone to begin with; without, the dataset’s present one, or what that was fine-tuned from.',
  })
  backboneId?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Go on from the weights of the dataset’s last network of this recipe: no.',
  })
  continueLast?: boolean | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'With continueLast: trains on the images that were labelled since the run of that network began, and on so ' +
      'many of the old ones per new one, 0 to 100. Without, on all images alike.',
  })
  replayRatio?: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'With continueLast: what the last weights are multiplied by before training, 0 to 1: 1. Together with ' +
      'perturb this is shrink and perturb (Ash & Adams 2020).',
  })
  shrink?: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'With continueLast: noise that is added to the last weights, as a share of their spread, 0 to 1: 0.',
  })
  perturb?: number | null;
}

@InputType()
export class StartRetrainRunInput {
  @Field(() => ID)
  datasetId!: string;

  @Field(() => Recipe, {
    defaultValue: Recipe.HEAD,
    description:
      'HEAD fits a classifier on the backbone’s embeddings: seconds. FINETUNE goes on training the backbone, ' +
      'SCRATCH trains AlexNet from nothing: minutes on a GPU, hours without. Heads go on being fitted meanwhile.',
  })
  recipe!: Recipe;

  @Field(() => TrainNetworkInput, { nullable: true, description: 'For FINETUNE and SCRATCH.' })
  training?: TrainNetworkInput | null;
}

@InputType()
export class CancelRetrainRunInput {
  @Field(() => ID)
  id!: string;
}
