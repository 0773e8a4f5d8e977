import { GraphQLDateTime } from 'graphql-scalars';
import { Field, Float, ID, ObjectType } from 'type-graphql';
import { LabelOrigin, Lane } from '../../../shared/enums';
import { toGlobalId } from '../../graphql/globalId';
import { Node } from '../../graphql/node.type';

@ObjectType('Label', { implements: Node, description: 'One person’s answer for one image.' })
export class LabelType extends Node {
  @Field(() => ID, { name: 'id', description: 'Global id.' })
  override globalId(): string {
    return toGlobalId('Label', this.id);
  }

  @Field(() => LabelOrigin, { description: 'How it was given.' })
  origin!: LabelOrigin;

  @Field(() => Lane, {
    nullable: true,
    description: 'The lane of its task. Null for an answer without a lease.',
  })
  lane!: Lane | null;

  @Field(() => Boolean, { description: 'Whether the person did not see a prediction.' })
  blind!: boolean;

  @Field(() => Boolean, {
    description:
      'Whether it arrived after its lease had ended and somebody else had settled the ' +
      'image. It is kept and does not decide the consensus.',
  })
  extra!: boolean;

  @Field(() => Boolean, { description: 'False for an undone or replaced label.' })
  inForce!: boolean;

  @Field(() => GraphQLDateTime, { description: 'When it was given.' })
  createdAt!: Date;
}

@ObjectType('Consensus', { description: 'The class that the labels of an image together support.' })
export class ConsensusType {
  classId!: string;

  @Field(() => GraphQLDateTime, { description: 'When this consensus was reached.' })
  decidedAt!: Date;

  @Field(() => LabelOrigin, { description: 'How the deciding label was given.' })
  origin!: LabelOrigin;

  @Field(() => Float, {
    nullable: true,
    description:
      'How well people and model support it, 0 to 1, by the latest run (CROWDLAB’s score). ' +
      'It orders images by doubt and is not a probability. Null if it was not measured.',
  })
  quality!: number | null;

  @Field(() => Boolean, { description: 'Whether a person decided it by a correction or a review.' })
  isDecided!: boolean;
}
