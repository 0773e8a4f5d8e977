import { GraphQLDateTime } from 'graphql-scalars';
import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { OverlapMode } from '../../../shared/enums';
import { toGlobalId } from '../../graphql/globalId';
import { Payload } from '../../graphql/mutationError.type';
import { Node } from '../../graphql/node.type';
import { PageInfo } from '../../graphql/pagination';

@ObjectType('Dataset', { implements: Node })
export class DatasetType extends Node {
  @Field(() => ID, { name: 'id' })
  override globalId(): string {
    return toGlobalId('Dataset', this.id);
  }

  @Field(() => String)
  name!: string;

  @Field(() => GraphQLDateTime)
  createdAt!: Date;

  backboneId!: string | null;

  @Field(() => String, {
    name: 'backbone',
    nullable: true,
    description: 'Backbone id, or null while this server has none.',
  })
  backboneOf(): string | null {
    return this.backboneId;
  }

  @Field(() => Int, {
    description: 'A retrain run starts by itself after this many new labels; 0 switches that off.',
  })
  autoRetrainAfter!: number;

  @Field(() => Float, { description: 'The accuracy that labelling aims at, between 0 and 1.' })
  targetAccuracy!: number;

  @Field(() => Float, { description: 'Share of what a certificate covers that may be wrong.' })
  certificateEpsilon!: number;

  @Field(() => Float, { description: 'Chance that a certificate may be wrong.' })
  certificateAlpha!: number;
  @Field(() => OverlapMode, { description: 'Which images are answered by several people.' })
  overlapMode!: OverlapMode;

  @Field(() => Int, { description: 'With SHARE: answers of different people per image, 1 to 5.' })
  overlap!: number;

  @Field(() => Float, { description: 'With SHARE: the share of images that get them, 0 to 1.' })
  overlapShare!: number;

  @Field(() => Float, {
    description: 'Share of the tasks asked one by one that show no prediction, 0 to 1.',
  })
  blindShare!: number;
}

@ObjectType('DatasetCounts')
export class DatasetCountsType {
  @Field(() => Int)
  images!: number;

  @Field(() => Int, { description: 'Images with an agreed class.' })
  labelled!: number;

  @Field(() => Int, { description: 'Images embedded with the dataset’s backbone.' })
  embedded!: number;

  @Field(() => Int)
  predicted!: number;

  @Field(() => Int, { description: 'Images that are predicted but never asked about.' })
  heldOut!: number;

  @Field(() => Int, {
    description: 'Labels people gave, extra and imported ones included, undone ones not.',
  })
  labels!: number;

  @Field(() => Int)
  leased!: number;
}

@ObjectType()
class DatasetEdge {
  @Field(() => String)
  cursor!: string;

  @Field(() => DatasetType)
  node!: DatasetType;
}

@ObjectType()
export class DatasetConnection {
  @Field(() => [DatasetEdge])
  edges!: DatasetEdge[];

  @Field(() => [DatasetType])
  nodes!: DatasetType[];

  @Field(() => PageInfo)
  pageInfo!: PageInfo;

  @Field(() => Int)
  totalCount!: number;
}

@ObjectType()
export class DatasetPayload extends Payload {
  @Field(() => DatasetType, { nullable: true })
  dataset?: DatasetType;
}
