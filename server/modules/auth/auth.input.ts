import { Field, InputType, ObjectType } from 'type-graphql';
import { Payload } from '../../graphql/mutationError.type';
import { UserType } from './user.type';

@InputType()
export class SignInInput {
  @Field(() => String)
  name!: string;
}

@ObjectType()
export class SignInPayload extends Payload {
  @Field(() => UserType, { nullable: true })
  user?: UserType;

  @Field(() => String, {
    nullable: true,
    description: 'Send it as `Authorization: Bearer …`; browsers also get a cookie.',
  })
  token?: string;
}

@ObjectType()
export class SignOutPayload extends Payload {}
