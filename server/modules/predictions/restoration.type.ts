import { Field, Float, ID, InputType, ObjectType } from 'type-graphql';

@ObjectType('RunRestoration', {
  description: 'Progress of a run whose deleted predictions are computed again.',
})
export class RunRestorationType {
  @Field(() => Boolean, { description: 'Whether its model becomes current at the end.' })
  makeCurrent!: boolean;

  @Field(() => Float, { description: 'Finished share, 0 to 1.' })
  fraction!: number;

  @Field(() => String, {
    nullable: true,
    description: 'Why it ended. Request it again to retry. Null if it did not fail.',
  })
  failure!: string | null;
}

@InputType({ description: 'Makes an earlier run current.' })
export class MakeRunCurrentInput {
  @Field(() => ID, { description: 'The run.' })
  id!: string;
}

@InputType({ description: 'Computes deleted predictions again.' })
export class RestoreRunPredictionsInput {
  @Field(() => ID, { description: 'The run.' })
  id!: string;
}
