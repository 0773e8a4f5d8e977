import { Field, ID, InterfaceType } from 'type-graphql';

@InterfaceType({
  description: 'An object with a global id.',
  resolveType: (value: { nodeType: string }) => value.nodeType,
})
export abstract class Node {
  /** The database's id. The `id` field of each type makes it global. */
  id!: string;

  @Field(() => ID, { name: 'id', description: 'Global id.' })
  globalId(): string {
    throw new Error('each type creates its own global id');
  }
}
