import { Field, InputType, ObjectType } from 'type-graphql';
import { Payload } from '../../graphql/mutationError.type';
import { UserType } from './user.type';

@InputType({ description: 'The person who signs in.' })
export class SignInInput {
  @Field(() => String, { description: 'The person’s name.' })
  name!: string;
}

@ObjectType({ description: 'Result of signIn.' })
export class SignInPayload extends Payload {
  @Field(() => UserType, { nullable: true, description: 'The person. Null after an error.' })
  user?: UserType;

  @Field(() => String, {
    nullable: true,
    description: 'Send it as `Authorization: Bearer …`. Browsers also get a cookie.',
  })
  token?: string;
}

@ObjectType({ description: 'Result of signOut.' })
export class SignOutPayload extends Payload {}
