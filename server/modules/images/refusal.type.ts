import { Field, ObjectType } from 'type-graphql';
import { RefusalReason } from '../../../shared/enums';

@ObjectType('Refusal')
export class RefusalType {
  @Field(() => String)
  fileName!: string;

  @Field(() => RefusalReason)
  reason!: RefusalReason;

  @Field(() => String)
  message!: string;
}
