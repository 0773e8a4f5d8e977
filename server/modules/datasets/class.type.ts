import { Field, ID, Int, ObjectType } from 'type-graphql';
import { toGlobalId } from '../../graphql/globalId';
import { Node } from '../../graphql/node.type';

@ObjectType('Class', {
  implements: Node,
  description: 'A class that images of a dataset can have.',
})
export class ClassType extends Node {
  @Field(() => ID, { name: 'id', description: 'Global id.' })
  override globalId(): string {
    return toGlobalId('Class', this.id);
  }

  @Field(() => String, { description: 'Name, unique in the dataset.' })
  name!: string;

  @Field(() => String, { description: 'CSS colour, `#rrggbb`.' })
  color!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'One character, unique among the dataset’s unarchived classes. Null if none was free.',
  })
  hotkey!: string | null;

  @Field(() => Int, { description: 'Place in the dataset’s order of classes, from 0.' })
  position!: number;

  archivedAt!: Date | null;

  @Field(() => Boolean, {
    description: 'Whether it is archived: nobody can choose it, and its labels are kept.',
  })
  archived(): boolean {
    return this.archivedAt !== null;
  }
}
