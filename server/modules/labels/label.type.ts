import { GraphQLDateTime } from 'graphql-scalars';
import { Field, Float, ID, ObjectType } from 'type-graphql';
import { LabelOrigin, Lane } from '../../../shared/enums';
import { toGlobalId } from '../../graphql/globalId';
import { Node } from '../../graphql/node.type';

@ObjectType('Label', { implements: Node, description: 'One person’s answer for one image.' })
export class LabelType extends Node {
  @Field(() => ID, { name: 'id' })
  override globalId(): string {
    return toGlobalId('Label', this.id);
  }

  @Field(() => LabelOrigin)
  origin!: LabelOrigin;

  @Field(() => Lane, {
    nullable: true,
    description: 'The lane in which it was asked; null for an answer without a lease.',
  })
  lane!: Lane | null;

  @Field(() => Boolean, { description: 'Given without seeing a prediction.' })
  blind!: boolean;

  @Field(() => Boolean, {
    description:
      'Its lease had run out and somebody else had settled the image: kept, but it decides nothing.',
  })
  extra!: boolean;

  @Field(() => Boolean, { description: 'Undone or replaced labels are no longer in force.' })
  inForce!: boolean;

  @Field(() => GraphQLDateTime)
  createdAt!: Date;
}

@ObjectType('Consensus', { description: 'What an image is agreed to be.' })
export class ConsensusType {
  classId!: string;

  @Field(() => GraphQLDateTime)
  decidedAt!: Date;

  @Field(() => LabelOrigin)
  origin!: LabelOrigin;

  @Field(() => Float, {
    nullable: true,
    description:
      'How well people and model support it, 0 to 1, by the latest run (CROWDLAB’s score); null where it was ' +
      'not measured. It orders images by doubt.',
  })
  quality!: number | null;

  @Field(() => Boolean, { description: 'A person settled it by a correction or a review.' })
  isDecided!: boolean;
}
