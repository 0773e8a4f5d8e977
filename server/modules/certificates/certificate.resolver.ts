import { Arg, Args, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql';
import type { Context } from '../../graphql/context';
import { fromGlobalId, withPlainIds } from '../../graphql/globalId';
import type { AuthService } from '../auth/auth.service';
import { UserType } from '../auth/user.type';
import type { Dataset } from '../datasets/dataset.ports';
import type { DatasetService } from '../datasets/dataset.service';
import { DatasetType } from '../datasets/dataset.type';
import { payloadOf } from '../events/event.type';
import type { RetrainRunService } from '../training/retrainRun.service';
import { RetrainRunType } from '../training/retrainRun.type';
import type { Certificate } from './certificate.entity';
import {
  CancelCertificateInput,
  CertificatePayload,
  CertificatePlanInput,
  StartCertificateInput,
} from './certificate.input';
import type { CertificateService } from './certificate.service';
import { CertificateChanged, CertificatePlanType, CertificateType } from './certificate.type';
import type { CertificateForecast } from './certificatePlanner';
import { assumptionsOf, statementOf } from './certificateStatement';

@Resolver(() => CertificateType)
export class CertificateResolver {
  constructor(
    private readonly certificates: CertificateService,
    private readonly runs: RetrainRunService,
    private readonly auth: AuthService,
  ) {}

  @Mutation(() => CertificatePayload, {
    description:
      'Freezes the current run’s predictions above a confidence, draws the audit and puts ' +
      'it into the lane AUDIT. An earlier certificate becomes void.',
  })
  async startCertificate(
    @Arg('input', () => StartCertificateInput, { description: 'Input of the mutation.' })
    input: StartCertificateInput,
    @Ctx() { viewer }: Context,
  ) {
    const order = withPlainIds(input, { datasetId: 'Dataset' });
    return { certificate: await this.certificates.start(viewer, order) };
  }

  @Mutation(() => CertificatePayload, {
    description:
      'Cancels an open audit. Its answers stay labels. If there are any, its part of alpha ' +
      'is spent. The person who started it and the owner of the dataset may do it.',
  })
  async cancelCertificate(
    @Arg('input', () => CancelCertificateInput, { description: 'Input of the mutation.' })
    { id }: CancelCertificateInput,
    @Ctx() { viewer }: Context,
  ) {
    return { certificate: await this.certificates.cancel(viewer, fromGlobalId('Certificate', id)) };
  }

  @FieldResolver(() => RetrainRunType, { description: 'The run whose predictions it covers.' })
  run(@Root() { runId }: Certificate, @Ctx() { loaders }: Context) {
    return loaders.load(this.runs.byId, runId);
  }

  @FieldResolver(() => UserType, { description: 'The person who started it.' })
  startedBy(@Root() { userId }: Certificate, @Ctx() { loaders }: Context) {
    return loaders.load(this.auth.usersById, userId);
  }

  @FieldResolver(() => String, {
    description: 'The statement that it makes, or will make when it is issued.',
  })
  async statement(@Root() certificate: Certificate, @Ctx() { loaders }: Context) {
    const run = await loaders.load(this.runs.byId, certificate.runId);
    return statementOf(certificate, run?.number ?? 0);
  }

  @FieldResolver(() => [String], {
    description: 'The assumptions of the statement, one sentence each.',
  })
  async assumptions(@Root() certificate: Certificate, @Ctx() { loaders }: Context) {
    const run = await loaders.load(this.runs.byId, certificate.runId);
    return assumptionsOf(certificate, run?.number ?? 0);
  }
}

@Resolver(() => CertificatePlanType)
export class CertificatePlanResolver {
  constructor(
    private readonly certificates: CertificateService,
    private readonly runs: RetrainRunService,
  ) {}

  @Query(() => CertificatePlanType, {
    description: 'What a certificate would need and save. Reading it changes nothing.',
  })
  certificatePlan(
    @Args(() => CertificatePlanInput) input: CertificatePlanInput,
    @Ctx() { viewer }: Context,
  ) {
    return this.certificates.plan(viewer, withPlainIds(input, { datasetId: 'Dataset' }));
  }

  @FieldResolver(() => RetrainRunType, {
    nullable: true,
    description: 'The current run, whose predictions it would cover.',
  })
  run(@Root() { runId }: CertificateForecast, @Ctx() { loaders }: Context) {
    return runId && loaders.load(this.runs.byId, runId);
  }

  @FieldResolver({ description: 'The part of alpha that earlier attempts left.' })
  alphaLeft(@Root() { ledger }: CertificateForecast): number {
    return ledger.left;
  }

  @FieldResolver({ description: 'The part of alpha that the next attempt may spend.' })
  attemptAlpha(@Root() { ledger }: CertificateForecast): number {
    return ledger.next;
  }

  @FieldResolver({
    description: 'Number of attempts since the last certificate that have spent alpha.',
  })
  attemptsSpent(@Root() { ledger }: CertificateForecast): number {
    return ledger.spent.length;
  }
}

@Resolver(() => DatasetType)
export class DatasetCertificatesResolver {
  constructor(private readonly service: CertificateService) {}

  @FieldResolver(() => [CertificateType], {
    description: 'All attempts at a certificate, newest first.',
  })
  certificates(@Root() dataset: Dataset, @Ctx() { loaders }: Context) {
    return loaders.load(this.service.ofDatasets, dataset.id);
  }
}

@Resolver(() => CertificateChanged)
export class CertificateChangedResolver {
  constructor(
    private readonly certificates: CertificateService,
    private readonly datasets: DatasetService,
  ) {}

  @FieldResolver(() => CertificateType, { nullable: true, description: 'The certificate.' })
  certificate(@Root() event: CertificateChanged, @Ctx() { loaders }: Context) {
    const { certificateId } = payloadOf(event, 'certificate.changed');
    return loaders.load(this.certificates.byId, certificateId);
  }

  @FieldResolver(() => DatasetType, { description: 'The dataset.' })
  dataset(@Root() { record }: CertificateChanged, @Ctx() { loaders }: Context) {
    return loaders.load(this.datasets.byId, record.datasetId);
  }
}
