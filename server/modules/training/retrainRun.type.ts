import { GraphQLDateTime } from 'graphql-scalars';
import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import {
  Recipe,
  RetrainRunPhase,
  RetrainRunStatus,
  RetrainRunTrigger,
} from '../../../shared/enums';
import { toGlobalId } from '../../graphql/globalId';
import { Payload } from '../../graphql/mutationError.type';
import { Node } from '../../graphql/node.type';
import { PageInfo } from '../../graphql/pagination';
import { RunMetrics } from './runMetrics.type';
import { RunOptions, RunTraining } from './runTraining.type';

@ObjectType('RetrainRun', {
  implements: Node,
  description: 'One pass of snapshot, fit, evaluation, rescoring, ordering and publication.',
})
export class RetrainRunType extends Node {
  @Field(() => ID, { name: 'id', description: 'Global id.' })
  override globalId(): string {
    return toGlobalId('RetrainRun', this.id);
  }

  @Field(() => Int, { description: 'Number within the dataset, from 1, as in “round 7”.' })
  number!: number;

  @Field(() => RetrainRunStatus, { description: 'Its state.' })
  status!: RetrainRunStatus;

  @Field(() => Recipe, { description: 'How it trains.' })
  recipe!: Recipe;

  backboneId!: string | null;

  @Field(() => String, {
    name: 'backbone',
    nullable: true,
    description:
      'Id of the backbone that the head is fitted on. Null until a run that trains one has ' +
      'done so.',
  })
  backboneOf(): string | null {
    return this.backboneId;
  }

  @Field(() => RetrainRunTrigger, { description: 'What started it.' })
  trigger!: RetrainRunTrigger;

  @Field(() => RetrainRunPhase, {
    nullable: true,
    description: 'The present phase. Null before it starts.',
  })
  phase!: RetrainRunPhase | null;

  @Field(() => Float, { description: 'Progress over all phases, 0 to 100.' })
  percent!: number;

  @Field(() => Float, { nullable: true, description: 'Estimated seconds until it ends.' })
  secondsLeft!: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Loss of the fit or training now. Null outside it.',
  })
  loss!: number | null;

  @Field(() => Float, {
    nullable: true,
    description:
      'Accuracy of the head on its training labels during the fit, 0 to 1. Null outside it.',
  })
  accuracy!: number | null;

  @Field(() => Int, { description: 'Number of the present attempt, from 1.' })
  attempt!: number;

  @Field(() => GraphQLDateTime, { description: 'When it was queued.' })
  queuedAt!: Date;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'When it started.' })
  startedAt!: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'When it ended.' })
  finishedAt!: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: 'When it was published.' })
  publishedAt!: Date | null;

  @Field(() => Float, { nullable: true, description: 'Duration from start to end, in seconds.' })
  seconds(): number | null {
    if (!this.startedAt || !this.finishedAt) return null;
    return (this.finishedAt.getTime() - this.startedAt.getTime()) / 1000;
  }

  @Field(() => String, {
    nullable: true,
    description: 'Why it failed, as a sentence for people. Null if it did not.',
  })
  failure!: string | null;

  @Field(() => Int, { nullable: true, description: 'Number of labels in its snapshot.' })
  labelCount!: number | null;

  @Field(() => Int, { nullable: true, description: 'Number of classes in its snapshot.' })
  classCount!: number | null;

  @Field(() => RunMetrics, {
    nullable: true,
    description: 'Its measured accuracy. Null before publication.',
  })
  metrics!: RunMetrics | null;

  @Field(() => String, {
    nullable: true,
    description: 'The engines that it computes with, for people.',
  })
  engine!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The step within its phase, such as “epoch 3 of 20, batch 12 of 40”.',
  })
  note!: string | null;

  @Field(() => RunOptions, {
    nullable: true,
    description: 'Training options. Null for the recipe HEAD.',
  })
  options!: RunOptions | null;

  @Field(() => RunTraining, {
    nullable: true,
    description: 'Progress of the training. Null for the recipe HEAD.',
  })
  training!: RunTraining | null;
}

@ObjectType({ description: 'A retrain run on a page.' })
class RetrainRunEdge {
  @Field(() => String, { description: 'Cursor of this entry. The next page starts after it.' })
  cursor!: string;

  @Field(() => RetrainRunType, { description: 'The entry.' })
  node!: RetrainRunType;
}

@ObjectType({ description: 'A page of retrain runs.' })
export class RetrainRunConnection {
  @Field(() => [RetrainRunEdge], { description: 'The entries of this page with their cursors.' })
  edges!: RetrainRunEdge[];

  @Field(() => [RetrainRunType], { description: 'The entries of this page.' })
  nodes!: RetrainRunType[];

  @Field(() => PageInfo, { description: 'Position of this page in the list.' })
  pageInfo!: PageInfo;

  @Field(() => Int, { description: 'Number of entries in the whole list.' })
  totalCount!: number;
}

@ObjectType({ description: 'Result of a mutation on a retrain run.' })
export class RetrainRunPayload extends Payload {
  @Field(() => RetrainRunType, { nullable: true, description: 'The run. Null after an error.' })
  run?: RetrainRunType;
}
