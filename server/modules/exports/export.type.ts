import { GraphQLDateTime } from 'graphql-scalars';
import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import { ExportInclude } from '../../../shared/enums';
import { toGlobalId } from '../../graphql/globalId';
import { Node } from '../../graphql/node.type';

@ObjectType('Export', {
  implements: Node,
  description: 'A zip of the dataset with each image in the folder of its class.',
})
export class ExportType extends Node {
  @Field(() => ID, { name: 'id', description: 'Global id.' })
  override globalId(): string {
    return toGlobalId('Export', this.id);
  }

  @Field(() => GraphQLDateTime, { description: 'When it was requested.' })
  createdAt!: Date;

  userId!: string;

  @Field(() => ExportInclude, { description: 'Which images it contains.' })
  include!: ExportInclude;

  @Field(() => Float, {
    nullable: true,
    description: 'Minimum confidence of exported predictions, 0 to 1. Null without one.',
  })
  minConfidence!: number | null;

  certificateId!: string | null;

  @Field(() => Int, {
    description:
      'Number of images to export at the time of the request. A download contains the ' +
      'images at its start.',
  })
  imageCount!: number;

  @Field(() => String, { description: 'Address of the zip, which is streamed.' })
  url(): string {
    return `/files/exports/${this.id}`;
  }
}
