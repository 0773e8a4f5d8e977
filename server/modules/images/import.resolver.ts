import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import type { Context } from '../../graphql/context';
import { fromGlobalId } from '../../graphql/globalId';
import { CancelImportInput } from './import.input';
import type { ImportService } from './import.service';
import { ImportPayload, ImportType } from './import.type';

@Resolver(() => ImportType)
export class ImportResolver {
  constructor(private readonly imports: ImportService) {}

  @Mutation(() => ImportPayload, {
    description:
      'Cancels a waiting or running zip import. What was read stays. Only the person who started ' +
      'it and the creator of the dataset may do that.',
  })
  async cancelImport(
    @Arg('input', () => CancelImportInput, { description: 'Input of the mutation.' })
    { id }: CancelImportInput,
    @Ctx() { viewer }: Context,
  ) {
    return { import: await this.imports.cancel(viewer, fromGlobalId('Import', id)) };
  }
}
