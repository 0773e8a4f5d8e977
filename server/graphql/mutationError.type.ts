import { Field, Float, ID, InterfaceType, ObjectType } from 'type-graphql';

@InterfaceType({ description: 'An expected failure. `message` says what to do.' })
export abstract class MutationError {
  @Field(() => String)
  message!: string;
}

@ObjectType({ implements: MutationError })
export class InvalidInput extends MutationError {
  @Field(() => String, { description: 'Which argument.' })
  field!: string;
}

@ObjectType({ implements: MutationError })
export class NotFound extends MutationError {
  @Field(() => ID)
  id!: string;
}

@ObjectType({ implements: MutationError })
export class AlreadyExists extends MutationError {
  @Field(() => String)
  field!: string;
}

@ObjectType({ implements: MutationError, description: 'This person may not do that.' })
export class Forbidden extends MutationError {}

@ObjectType({ implements: MutationError })
export class LimitExceeded extends MutationError {
  @Field(() => Float)
  limit!: number;

  @Field(() => Float)
  actual!: number;
}

@ObjectType({
  implements: MutationError,
  description: 'The image changed since it was read; `image` is what it is now.',
})
export class Conflict extends MutationError {
  /** Resolved to the image by the images module. */
  imageId!: string;
}

@ObjectType({
  implements: MutationError,
  description: 'This clientMutationId was used before with other content.',
})
export class IdempotencyMismatch extends MutationError {
  @Field(() => String)
  clientMutationId!: string;
}

@ObjectType({
  implements: MutationError,
  description: 'What was asked does not fit the state, for example cancelling a finished run.',
})
export class InvalidState extends MutationError {}

/** What every mutation answers with: its result, or why there is none. */
@ObjectType()
export abstract class Payload {
  @Field(() => MutationError, { nullable: true })
  error?: MutationError;
}
