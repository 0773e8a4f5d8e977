import { Field, ID, InputType } from 'type-graphql';

@InputType({ description: 'Cancels a zip import.' })
export class CancelImportInput {
  @Field(() => ID, { description: 'The import.' })
  id!: string;
}
