import { GraphQLDateTime } from 'graphql-scalars';
import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { ExportInclude } from '../../../shared/enums';
import { toGlobalId } from '../../graphql/globalId';
import { Node } from '../../graphql/node.type';

@ObjectType('Export', {
  implements: Node,
  description: 'A zip of the dataset, each image in the folder of its class.',
})
export class ExportType extends Node {
  @Field(() => ID, { name: 'id' })
  override globalId(): string {
    return toGlobalId('Export', this.id);
  }

  @Field(() => GraphQLDateTime)
  createdAt!: Date;

  userId!: string;

  @Field(() => ExportInclude)
  include!: ExportInclude;

  @Field(() => Float, { nullable: true })
  minConfidence!: number | null;

  certificateId!: string | null;

  @Field(() => Int, {
    description:
      'How many images there were to export when it was asked for; a download takes what is there when it begins.',
  })
  imageCount!: number;

  @Field(() => String, { description: 'Streams the zip.' })
  url(): string {
    return `/files/exports/${this.id}`;
  }
}
