import { Field, ID, Int, ObjectType } from 'type-graphql';
import { toGlobalId } from '../../graphql/globalId';
import { Node } from '../../graphql/node.type';

@ObjectType('Class', { implements: Node })
export class ClassType extends Node {
  @Field(() => ID, { name: 'id' })
  override globalId(): string {
    return toGlobalId('Class', this.id);
  }

  @Field(() => String)
  name!: string;

  @Field(() => String, { description: 'CSS colour, `#rrggbb`.' })
  color!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'One character, unique among the dataset’s unarchived classes; null when none is left.',
  })
  hotkey!: string | null;

  @Field(() => Int)
  position!: number;

  archivedAt!: Date | null;

  @Field(() => Boolean)
  archived(): boolean {
    return this.archivedAt !== null;
  }
}
