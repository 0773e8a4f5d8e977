import { Arg, Ctx, FieldResolver, Int, Mutation, Resolver, Root } from 'type-graphql';
import type { Context } from '../../../graphql/context';
import { fromGlobalId } from '../../../graphql/globalId';
import type { Import } from './import.entity';
import { CancelImportInput } from './import.input';
import type { ImportService } from './import.service';
import { ImportPayload, ImportType } from './import.type';
import { RefusalType } from '../refusal.type';
import type { RefusalRecord } from '../uploads/uploadTicket.entity';

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

  @FieldResolver(() => [RefusalType], {
    description: 'The first refused files. The first 1,000 are kept.',
  })
  refusals(
    @Root() work: Import,
    @Arg('first', () => Int, { defaultValue: 100, description: 'Maximum number of files.' })
    first: number,
  ): RefusalRecord[] {
    return work.refusals.slice(0, Math.max(0, first));
  }
}
