import { GraphQLDateTime } from 'graphql-scalars';
import { Field, ID, Int, ObjectType } from 'type-graphql';
import { ImportStatus } from '../../../../shared/enums';
import { toGlobalId } from '../../../graphql/globalId';
import { Payload } from '../../../graphql/mutationError.type';
import { Node } from '../../../graphql/node.type';
import { RefusalType } from '../refusal.type';

@ObjectType('Import', {
  implements: Node,
  description: 'A zip archive that is unpacked into the dataset.',
})
export class ImportType extends Node {
  @Field(() => ID, { name: 'id', description: 'Global id.' })
  override globalId(): string {
    return toGlobalId('Import', this.id);
  }

  @Field(() => String, { description: 'Name of the archive.' })
  fileName!: string;

  @Field(() => ImportStatus, { description: 'Its state.' })
  status!: ImportStatus;

  @Field(() => Int, { description: 'Number of files in the archive.' })
  filesTotal!: number;

  @Field(() => Int, { description: 'Number of files read so far.' })
  filesDone!: number;

  @Field(() => Int, { description: 'Number of images added.' })
  imagesAdded!: number;

  @Field(() => Int, { description: 'Number of files whose image was already in the dataset.' })
  duplicates!: number;

  @Field(() => Int, { description: 'Number of labels added.' })
  labelsAdded!: number;

  refusals!: RefusalType[];

  @Field(() => Int, { description: 'Number of refused files.' })
  refusalCount!: number;

  @Field(() => String, { nullable: true, description: 'Why it failed. Null if it did not.' })
  failure!: string | null;

  @Field(() => GraphQLDateTime, { description: 'When it was created.' })
  createdAt!: Date;
}

@ObjectType({ description: 'Result of a mutation on an import.' })
export class ImportPayload extends Payload {
  @Field(() => ImportType, { nullable: true, description: 'The import. Null after an error.' })
  import?: ImportType;
}
