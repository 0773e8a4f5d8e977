import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, Int, ObjectType } from 'type-graphql';
import { ImportStatus } from '../../../shared/enums';
import { toGlobalId } from '../../graphql/globalId';
import { Node } from '../../graphql/node.type';
import { RefusalType } from './refusal.type';

@ObjectType('Import', {
  implements: Node,
  description: 'A zip archive being unpacked into the dataset.',
})
export class ImportType extends Node {
  @Field(() => ID, { name: 'id' })
  override globalId(): string {
    return toGlobalId('Import', this.id);
  }

  @Field(() => String)
  fileName!: string;

  @Field(() => ImportStatus)
  status!: ImportStatus;

  @Field(() => Int)
  filesTotal!: number;

  @Field(() => Int)
  filesDone!: number;

  @Field(() => Int)
  imagesAdded!: number;

  @Field(() => Int)
  duplicates!: number;

  @Field(() => Int)
  labelsAdded!: number;

  @Field(() => [RefusalType], { description: 'The first 1,000 refusals.' })
  refusals!: RefusalType[];

  @Field(() => Int)
  refusalCount!: number;

  @Field(() => String, { nullable: true })
  failure!: string | null;

  @Field(() => GraphQLDateTime)
  createdAt!: Date;
}
