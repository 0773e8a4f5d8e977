import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, ObjectType } from 'type-graphql';
import { toGlobalId } from '../../graphql/globalId';
import { Node } from '../../graphql/node.type';

@ObjectType('User', { implements: Node, description: 'A person.' })
export class UserType extends Node {
  @Field(() => ID, { name: 'id', description: 'Global id.' })
  override globalId(): string {
    return toGlobalId('User', this.id);
  }

  @Field(() => String, { description: 'Name, unique.' })
  name!: string;

  @Field(() => GraphQLDateTime, { description: 'When the person first signed in.' })
  createdAt!: Date;
}
