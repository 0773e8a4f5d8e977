import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import type { Context } from '../../graphql/context';
import { withPlainIds } from '../../graphql/globalId';
import type { AuthService } from '../auth/auth.service';
import { UserType } from '../auth/user.type';
import type { CertificateService } from '../certificates/certificate.service';
import { CertificateType } from '../certificates/certificate.type';
import type { Dataset } from '../datasets/dataset.ports';
import { DatasetType } from '../datasets/dataset.type';
import type { Export } from './export.entity';
import { ExportDatasetInput, ExportDatasetPayload } from './export.input';
import type { ExportService } from './export.service';
import { ExportType } from './export.type';

@Resolver(() => ExportType)
export class ExportResolver {
  constructor(
    private readonly exportService: ExportService,
    private readonly auth: AuthService,
    private readonly certificates: CertificateService,
  ) {}

  @Mutation(() => ExportDatasetPayload, { description: 'Creates an export.' })
  async exportDataset(
    @Arg('input', () => ExportDatasetInput, { description: 'Input of the mutation.' })
    input: ExportDatasetInput,
    @Ctx() { viewer }: Context,
  ) {
    const order = withPlainIds(input, { datasetId: 'Dataset' }, { certificateId: 'Certificate' });
    return { export: await this.exportService.create(viewer, order) };
  }

  @FieldResolver(() => CertificateType, {
    nullable: true,
    description: 'The certificate that the zip delivers. Null without one.',
  })
  certificate(@Root() { certificateId }: Export, @Ctx() { loaders }: Context) {
    return certificateId && loaders.load(this.certificates.byId, certificateId);
  }

  @FieldResolver(() => UserType, { description: 'The person who requested it.' })
  createdBy(@Root() { userId }: Export, @Ctx() { loaders }: Context) {
    return loaders.load(this.auth.usersById, userId);
  }
}

@Resolver(() => DatasetType)
export class DatasetExportsResolver {
  constructor(private readonly exportService: ExportService) {}

  @FieldResolver(() => [ExportType], { description: 'The latest 50 exports, newest first.' })
  exports(@Root() dataset: Dataset, @Ctx() { loaders }: Context) {
    return loaders.load(this.exportService.ofDatasets, dataset.id);
  }
}
