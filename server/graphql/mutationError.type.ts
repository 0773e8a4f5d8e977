import { Field, Float, ID, InterfaceType, ObjectType } from 'type-graphql';

@InterfaceType({ description: 'An expected failure. `message` says what to do.' })
export abstract class MutationError {
  @Field(() => String, { description: 'What happened and what to do, for people.' })
  message!: string;
}

@ObjectType({ implements: MutationError, description: 'An input value is not valid.' })
export class InvalidInput extends MutationError {
  @Field(() => String, { description: 'The argument or input field.' })
  field!: string;
}

@ObjectType({ implements: MutationError, description: 'There is nothing with this id.' })
export class NotFound extends MutationError {
  @Field(() => ID, { description: 'The id that was sent.' })
  id!: string;
}

@ObjectType({
  implements: MutationError,
  description: 'Something with this name or value already exists.',
})
export class AlreadyExists extends MutationError {
  @Field(() => String, { description: 'The input field whose value is taken.' })
  field!: string;
}

@ObjectType({ implements: MutationError, description: 'This person may not do that.' })
export class Forbidden extends MutationError {}

@ObjectType({
  implements: MutationError,
  description:
    'A value is above a limit, or something was done too often. In the second case ' +
    'retryAfterSeconds is set; queries report it with the code RATE_LIMITED.',
})
export class LimitExceeded extends MutationError {
  @Field(() => Float, { description: 'The limit.' })
  limit!: number;

  @Field(() => Float, { description: 'The value that was sent.' })
  actual!: number;

  @Field(() => Float, {
    nullable: true,
    description: 'When the same request can succeed. Null if waiting does not help.',
  })
  retryAfterSeconds!: number | null;
}

@ObjectType({
  implements: MutationError,
  description: 'The image changed after it was read. `image` is its present state.',
})
export class Conflict extends MutationError {
  /** The images module resolves it to the image. */
  imageId!: string;
}

@ObjectType({
  implements: MutationError,
  description: 'This clientMutationId was used before with other content.',
})
export class IdempotencyMismatch extends MutationError {
  @Field(() => String, { description: 'The id that was used before.' })
  clientMutationId!: string;
}

@ObjectType({
  implements: MutationError,
  description: 'The request does not fit the present state, for example cancelling a finished run.',
})
export class InvalidState extends MutationError {}

/** The base of every mutation's payload: the result, or the error. */
@ObjectType()
export abstract class Payload {
  @Field(() => MutationError, {
    nullable: true,
    description: 'The expected failure. Null after a success.',
  })
  error?: MutationError;
}
