import { GraphQLDateTime } from 'graphql-scalars';
import { Field, Float, ID, InputType, Int, ObjectType } from 'type-graphql';
import {
  ClassBalance,
  Recipe,
  RetrainRunPhase,
  RetrainRunStatus,
  RetrainRunTrigger,
} from '../../../shared/enums';
import { toGlobalId } from '../../graphql/globalId';
import { Payload } from '../../graphql/mutationError.type';
import { Node } from '../../graphql/node.type';
import { PageInfo } from '../../graphql/pagination';

@ObjectType()
class PhaseSeconds {
  @Field(() => RetrainRunPhase)
  phase!: RetrainRunPhase;

  @Field(() => Float)
  seconds!: number;
}

@ObjectType({
  description:
    'Validation and test are measured by heads that never saw the label; the published one learns from every label. ' +
    'A null accuracy means there were no such labels yet.',
})
export class RunMetrics {
  @Field(() => Float)
  trainLoss!: number;

  @Field(() => Float)
  trainAccuracy!: number;

  @Field(() => Int)
  trainCount!: number;

  @Field(() => Float, { nullable: true })
  validationLoss!: number | null;

  @Field(() => Float, { nullable: true })
  validationAccuracy!: number | null;

  @Field(() => Int)
  validationCount!: number;

  @Field(() => Float, { nullable: true })
  testLoss!: number | null;

  @Field(() => Float, { nullable: true })
  testAccuracy!: number | null;

  @Field(() => Int)
  testCount!: number;

  @Field(() => Int)
  rescoredCount!: number;

  @Field(() => Float, {
    nullable: true,
    description:
      'Strength of the penalty on the head’s weights, chosen by cross-validation on the labels of an earlier run: ' +
      'the more of them contradict each other, the stronger. Null for runs from before it was chosen.',
  })
  l2!: number | null;

  @Field(() => [PhaseSeconds], { description: 'Seconds each phase took.' })
  phaseSeconds!: PhaseSeconds[];
}

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
class RunTraining {
  @Field(() => [TrainingEpoch])
  epochs!: TrainingEpoch[];

  @Field(() => Int, { description: 'Epochs that were asked for.' })
  epochCount!: number;

  @Field(() => Float, { nullable: true })
  imagesPerSecond!: number | null;
}

@ObjectType({ description: 'How a network is trained, with every default filled in.' })
class RunOptions {
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

@ObjectType('RetrainRun', { implements: Node })
export class RetrainRunType extends Node {
  @Field(() => ID, { name: 'id' })
  override globalId(): string {
    return toGlobalId('RetrainRun', this.id);
  }

  @Field(() => Int, { description: 'Counts from 1 within the dataset: “round 7”.' })
  number!: number;

  @Field(() => RetrainRunStatus)
  status!: RetrainRunStatus;

  @Field(() => Recipe)
  recipe!: Recipe;

  backboneId!: string | null;

  @Field(() => String, {
    name: 'backbone',
    nullable: true,
    description:
      'Id of the backbone that the head is fitted on; null until a run that trains one has done so.',
  })
  backboneOf(): string | null {
    return this.backboneId;
  }

  @Field(() => RetrainRunTrigger)
  trigger!: RetrainRunTrigger;

  @Field(() => RetrainRunPhase, { nullable: true })
  phase!: RetrainRunPhase | null;

  @Field(() => Float, { description: '0 to 100 over all phases.' })
  percent!: number;

  @Field(() => Float, { nullable: true })
  secondsLeft!: number | null;

  @Field(() => Float, { nullable: true })
  loss!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Of the head on its own training labels while it fits, 0 to 1.',
  })
  accuracy!: number | null;

  @Field(() => Int)
  attempt!: number;

  @Field(() => GraphQLDateTime)
  queuedAt!: Date;

  @Field(() => GraphQLDateTime, { nullable: true })
  startedAt!: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true })
  finishedAt!: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true })
  publishedAt!: Date | null;

  @Field(() => Float, { nullable: true, description: 'From start to finish.' })
  seconds(): number | null {
    if (!this.startedAt || !this.finishedAt) return null;
    return (this.finishedAt.getTime() - this.startedAt.getTime()) / 1000;
  }

  @Field(() => String, { nullable: true, description: 'Why it failed, in a sentence for people.' })
  failure!: string | null;

  @Field(() => Int, { nullable: true, description: 'Labels in the snapshot.' })
  labelCount!: number | null;

  @Field(() => Int, { nullable: true })
  classCount!: number | null;

  @Field(() => RunMetrics, { nullable: true })
  metrics!: RunMetrics | null;

  @Field(() => String, { nullable: true, description: 'What computes, in words for people.' })
  engine!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'What it is at within its phase: “epoch 3 of 20, batch 12 of 40”.',
  })
  note!: string | null;

  @Field(() => RunOptions, { nullable: true, description: 'Of the recipes that train a network.' })
  options!: RunOptions | null;

  @Field(() => RunTraining, { nullable: true, description: 'Of the recipes that train a network.' })
  training!: RunTraining | null;
}

@ObjectType()
class RetrainRunEdge {
  @Field(() => String)
  cursor!: string;

  @Field(() => RetrainRunType)
  node!: RetrainRunType;
}

@ObjectType()
export class RetrainRunConnection {
  @Field(() => [RetrainRunEdge])
  edges!: RetrainRunEdge[];

  @Field(() => [RetrainRunType])
  nodes!: RetrainRunType[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;

  @Field(() => Int)
  totalCount!: number;
}

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

@ObjectType()
export class RetrainRunPayload extends Payload {
  @Field(() => RetrainRunType, { nullable: true })
  run?: RetrainRunType;
}
