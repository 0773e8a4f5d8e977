import { Field, Float, ID, InputType, ObjectType } from 'type-graphql';

@ObjectType('RunRestoration', {
  description: 'A run whose predictions were dropped and are being made anew by its model.',
})
export class RunRestorationType {
  @Field(() => Boolean, { description: 'Whether its model will be the current one again.' })
  makeCurrent!: boolean;

  @Field(() => Float, { description: 'How much of it is done, 0 to 1.' })
  fraction!: number;

  @Field(() => String, { nullable: true, description: 'Why it ended; ask again to try again.' })
  failure!: string | null;
}

@InputType()
export class MakeRunCurrentInput {
  @Field(() => ID)
  id!: string;
}

@InputType()
export class RestoreRunPredictionsInput {
  @Field(() => ID)
  id!: string;
}
