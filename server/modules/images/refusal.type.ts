import { Field, ObjectType } from 'type-graphql';
import { RefusalReason } from '../../../shared/enums';

@ObjectType('Refusal', { description: 'A file that was refused.' })
export class RefusalType {
  @Field(() => String, { description: 'Name of the file.' })
  fileName!: string;

  @Field(() => RefusalReason, { description: 'The reason.' })
  reason!: RefusalReason;

  @Field(() => String, { description: 'What is wrong with it and what to do, for people.' })
  message!: string;
}
