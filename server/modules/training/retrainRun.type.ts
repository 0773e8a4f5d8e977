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

@ObjectType()
export class RetrainRunPayload extends Payload {
  @Field(() => RetrainRunType, { nullable: true })
  run?: RetrainRunType;
}
