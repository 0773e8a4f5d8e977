import { GraphQLDateTime } from 'graphql-scalars';
import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { OverlapMode } from '../../../shared/enums';
import { toGlobalId } from '../../graphql/globalId';
import { Payload } from '../../graphql/mutationError.type';
import { Node } from '../../graphql/node.type';
import { PageInfo } from '../../graphql/pagination';

@ObjectType('Dataset', {
  implements: Node,
  description: 'A set of images and the classes that they can have.',
})
export class DatasetType extends Node {
  @Field(() => ID, { name: 'id', description: 'Global id.' })
  override globalId(): string {
    return toGlobalId('Dataset', this.id);
  }

  @Field(() => String, { description: 'Name, unique.' })
  name!: string;

  @Field(() => GraphQLDateTime, { description: 'When it was created.' })
  createdAt!: Date;

  backboneId!: string | null;

  @Field(() => String, {
    name: 'backbone',
    nullable: true,
    description: 'Id of its backbone. Null while this server has none.',
  })
  backboneOf(): string | null {
    return this.backboneId;
  }

  @Field(() => Int, {
    description:
      'Number of new labels after which a retrain run starts by itself. 0 switches that off.',
  })
  autoRetrainAfter!: number;

  @Field(() => Float, { description: 'Target accuracy, between 0 and 1.' })
  targetAccuracy!: number;

  @Field(() => Float, {
    description: 'Maximum error rate of the images that a certificate covers.',
  })
  certificateEpsilon!: number;

  @Field(() => Float, { description: 'Allowed risk: the probability that a certificate is wrong.' })
  certificateAlpha!: number;
  @Field(() => OverlapMode, { description: 'Which images several people answer.' })
  overlapMode!: OverlapMode;

  @Field(() => Int, {
    description: 'With SHARE: number of people who answer each drawn image, 1 to 5.',
  })
  overlap!: number;

  @Field(() => Float, { description: 'With SHARE: share of the images that are drawn, 0 to 1.' })
  overlapShare!: number;

  @Field(() => Float, {
    description: 'Share of the single-image tasks that hide the prediction, 0 to 1.',
  })
  blindShare!: number;
}

@ObjectType('DatasetCounts', { description: 'Counts of a dataset’s images and labels.' })
export class DatasetCountsType {
  @Field(() => Int, { description: 'All images.' })
  images!: number;

  @Field(() => Int, { description: 'Images with a consensus.' })
  labelled!: number;

  @Field(() => Int, { description: 'Images embedded with the dataset’s backbone.' })
  embedded!: number;

  @Field(() => Int, { description: 'Images with a prediction of the current run.' })
  predicted!: number;

  @Field(() => Int, { description: 'Images that are predicted, but that no task asks for.' })
  heldOut!: number;

  @Field(() => Int, {
    description: 'Labels in force, extra and imported ones included.',
  })
  labels!: number;

  @Field(() => Int, { description: 'Images that somebody holds a live lease on.' })
  leased!: number;
}

@ObjectType({ description: 'A dataset on a page.' })
class DatasetEdge {
  @Field(() => String, { description: 'Cursor of this entry. The next page starts after it.' })
  cursor!: string;

  @Field(() => DatasetType, { description: 'The entry.' })
  node!: DatasetType;
}

@ObjectType({ description: 'A page of datasets.' })
export class DatasetConnection {
  @Field(() => [DatasetEdge], { description: 'The entries of this page with their cursors.' })
  edges!: DatasetEdge[];

  @Field(() => [DatasetType], { description: 'The entries of this page.' })
  nodes!: DatasetType[];

  @Field(() => PageInfo, { description: 'Position of this page in the list.' })
  pageInfo!: PageInfo;

  @Field(() => Int, { description: 'Number of entries in the whole list.' })
  totalCount!: number;
}

@ObjectType({ description: 'Result of a mutation on a dataset.' })
export class DatasetPayload extends Payload {
  @Field(() => DatasetType, { nullable: true, description: 'The dataset. Null after an error.' })
  dataset?: DatasetType;
}
