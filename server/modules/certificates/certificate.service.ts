import { randomUUID } from 'node:crypto';
import { In, type DataSource, type EntityManager } from 'typeorm';
import { v7 as uuid } from 'uuid';
import { lockRow } from '../../database/rowLock';
import { type ScoredSample, planAtThreshold } from '../../../models/metrics';
import { CertificateStatus, CertificateVoidReason } from '../../../shared/enums';
import { groupedBy } from '../../domain/groupedBy';
import type { BlindGuard } from '../../domain/blind';
import type { Viewer } from '../../domain/viewer';
import { InvalidStateError, NotFoundError } from '../../domain/errors';
import type { Dataset, DatasetWriter } from '../datasets/dataset.ports';
import { authorizeCancel, type DatasetService } from '../datasets/dataset.service';
import type { EventRecorder } from '../events/event.ports';
import { readLedger } from './alphaLedger';
import { Certificate } from './certificate.entity';
import type { CertificatePlanInput, StartCertificateInput } from './certificate.input';
import type { CertificateDocuments } from './certificate.ports';
import { classDigestOf, type CertificateRepository } from './certificate.repository';
import type { CertificateAudits } from './certificateAudits';
import {
  savesNothing,
  type CertificateForecast,
  type CertificatePlanner,
} from './certificatePlanner';
import type { CertificateSamples } from './certificateSamples';
import { confidenceOf } from '../../domain/shares';
import { checkEpsilon } from './certificateSettings';
import { certificateDocument, type CertificateDocument } from './certificateStatement';

export interface CertificateServiceParts {
  dataSource: DataSource;
  datasets: DatasetService;
  planner: CertificatePlanner;
  repository: CertificateRepository;
  samples: CertificateSamples;
  audits: CertificateAudits;
  events: EventRecorder;
  datasetRows: DatasetWriter;
  blinds: BlindGuard;
}

/** Plans, audits, issues and refuses certificates about the images that the model decides. */
export class CertificateService implements CertificateDocuments {
  constructor(private readonly parts: CertificateServiceParts) {}

  async plan(viewer: Viewer | null, input: CertificatePlanInput): Promise<CertificateForecast> {
    const { dataset } = await this.parts.datasets.open(viewer, input.datasetId, 'view');
    return this.parts.planner.forecast(dataset, {
      threshold: input.threshold ?? undefined,
      epsilon: input.epsilon ?? undefined,
      without: [...(await this.parts.blinds.of(viewer)).predictions],
    });
  }

  /** Freezes run, threshold and accepted images. The audit is drawn after that. */
  async start(viewer: Viewer | null, input: StartCertificateInput): Promise<Certificate> {
    const { viewer: person, dataset } = await this.parts.datasets.open(
      viewer,
      input.datasetId,
      'manage',
    );
    const epsilon = input.epsilon ?? dataset.certificateEpsilon;
    checkEpsilon('epsilon', epsilon);
    const threshold = confidenceOf('threshold', input.threshold);
    const sample = dataset.currentRunId
      ? await this.parts.samples.of(dataset.currentRunId)
      : undefined;
    return this.parts.dataSource.transaction(async (manager) => {
      const locked = await this.parts.datasetRows.lock(manager, dataset.id);
      const runId = await this.runToCertify(manager, locked);
      await this.remember(manager, locked, epsilon, person);
      await this.voidIssued(manager, locked, person);
      const ledger = await readLedger(manager, locked.id, locked.certificateAlpha);
      const draft = await this.insertDraft(manager, locked, person, {
        runId,
        epsilon,
        attemptAlpha: ledger.next,
        threshold,
      });
      await this.freeze(manager, draft, sample);
      const certificate = await manager.findOneByOrFail(Certificate, { id: draft.id });
      await this.parts.audits.fillLane(manager, certificate);
      await this.announce(manager, locked.id, draft.id, person);
      return certificate;
    });
  }

  async cancel(viewer: Viewer | null, id: string): Promise<Certificate> {
    const found = await this.parts.dataSource.manager.findOneBy(Certificate, { id });
    if (!found) throw new NotFoundError('Certificate', id);
    const opened = await this.parts.datasets.open(viewer, found.datasetId, 'manage');
    const { createdBy: datasetOwnerId } = opened.dataset;
    authorizeCancel(viewer, 'audit', { startedById: found.userId, datasetOwnerId });
    return this.parts.dataSource.transaction(async (manager) => {
      const certificate = await lockRow(manager, Certificate, id);
      if (certificate.status !== CertificateStatus.AUDITING)
        throw new InvalidStateError('This audit has ended, so there is nothing to cancel.');
      const spent = await this.parts.audits.isAnswered(manager, certificate);
      await this.parts.audits.emptyLane(manager, certificate);
      await manager.update(
        Certificate,
        { id },
        { status: CertificateStatus.CANCELLED, spent, endedAt: () => 'clock_timestamp()' },
      );
      await this.announce(manager, certificate.datasetId, id, opened.viewer);
      return manager.findOneByOrFail(Certificate, { id });
    });
  }

  /** Opens an issued certificate for delivery. @throws NotFoundError, InvalidStateError */
  async openIssued(dataset: Dataset, id: string): Promise<Certificate> {
    await this.review(dataset.id);
    const found = await this.parts.dataSource.manager.findOneBy(Certificate, {
      id,
      datasetId: dataset.id,
    });
    if (!found) throw new NotFoundError('Certificate', id);
    if (found.status !== CertificateStatus.ISSUED)
      throw new InvalidStateError(
        'This certificate is not issued or is void, so it cannot be exported. Choose an issued certificate.',
      );
    return found;
  }

  async documentOf(
    manager: EntityManager,
    certificateId: string,
    runNumber: number,
  ): Promise<CertificateDocument | null> {
    const found = await manager.findOneBy(Certificate, { id: certificateId });
    return found && certificateDocument(found, runNumber);
  }

  review(datasetId: string): Promise<void> {
    return this.parts.audits.review(datasetId);
  }

  readonly byId = async (ids: readonly string[]): Promise<Map<string, Certificate>> => {
    const found = await this.parts.dataSource.manager.findBy(Certificate, { id: In([...ids]) });
    return new Map(found.map((one) => [one.id, one]));
  };

  /** Lists all attempts of each dataset, newest first. */
  readonly ofDatasets = async (ids: readonly string[]): Promise<Map<string, Certificate[]>> => {
    const found = await this.parts.dataSource.manager.find(Certificate, {
      where: { datasetId: In([...ids]) },
      order: { number: 'DESC' },
    });
    return groupedBy(ids, found, ({ datasetId }) => datasetId);
  };

  /** Stores the last chosen values as the dataset's defaults. */
  private async remember(
    manager: EntityManager,
    { id, certificateEpsilon }: Dataset,
    epsilon: number,
    person: Viewer,
  ): Promise<void> {
    if (epsilon === certificateEpsilon) return;
    await this.parts.datasetRows.setCertificateEpsilon(manager, id, epsilon);
    await this.parts.events.record(manager, {
      datasetId: id,
      type: 'dataset.changed',
      payload: {},
      actorId: person.id,
    });
  }

  private async runToCertify(manager: EntityManager, dataset: Dataset): Promise<string> {
    if (!dataset.currentRunId)
      throw new InvalidStateError(
        'There is no model yet, so nothing can be certified. Label some images and start a run.',
      );
    const open = await manager.existsBy(Certificate, {
      datasetId: dataset.id,
      status: CertificateStatus.AUDITING,
    });
    if (open) throw new InvalidStateError('An audit is already open. Finish or cancel it first.');
    return dataset.currentRunId;
  }

  /** There is one promise at a time, because another threshold delivers other images. */
  private async voidIssued(
    manager: EntityManager,
    dataset: Dataset,
    person: Viewer,
  ): Promise<void> {
    const issued = await manager.findBy(Certificate, {
      datasetId: dataset.id,
      status: CertificateStatus.ISSUED,
    });
    for (const { id } of issued) {
      await this.parts.audits.void(manager, id, CertificateVoidReason.NEW_THRESHOLD);
      await this.announce(manager, dataset.id, id, person);
    }
  }

  private async insertDraft(
    manager: EntityManager,
    dataset: Dataset,
    person: Viewer,
    given: Pick<Certificate, 'runId' | 'epsilon' | 'attemptAlpha' | 'threshold'>,
  ): Promise<Certificate> {
    const number = await this.parts.repository.nextNumber(manager, dataset.id);
    const id = uuid();
    await manager.insert(Certificate, {
      ...given,
      id,
      datasetId: dataset.id,
      userId: person.id,
      number,
      status: CertificateStatus.AUDITING,
      alpha: dataset.certificateAlpha,
      seed: randomUUID(),
      nextOrdinal: dataset.nextOrdinal,
      classDigest: await classDigestOf(manager, dataset.id),
      ...{ population: 0, remaining: 0, tolerated: 0, stages: [], needed: 0 },
      ...{ chance: 0, expectedAudits: 0 },
    });
    return manager.findOneByOrFail(Certificate, { id });
  }

  /** Freezes images and classes. The certificate covers them. Predictions of later runs do not change it. */
  private async freeze(
    manager: EntityManager,
    { id, runId, epsilon, attemptAlpha, threshold, seed }: Certificate,
    sample: ScoredSample | undefined,
  ): Promise<void> {
    const frozen = await this.parts.repository.freeze(manager, id, runId, threshold);
    const { confidences, remaining } = frozen;
    const plan = planAtThreshold({ confidences, epsilon, alpha: attemptAlpha, sample }, threshold);
    if (!plan)
      throw new InvalidStateError(
        'No unlabelled image reaches this confidence. Choose a lower threshold.',
      );
    if (savesNothing(plan))
      throw new InvalidStateError(
        `The audit would need all ${plan.population} images, so a certificate saves nothing here. ` +
          'Accept more images, or allow a higher error rate.',
      );
    const { population, tolerated, chance, expectedAudits } = plan;
    const stages = [...plan.stages];
    const needed = stages[0]?.audits ?? population;
    await manager.update(
      Certificate,
      { id },
      { stages, population, tolerated, chance, expectedAudits, remaining, needed },
    );
    await this.parts.repository.drawSample(manager, id, seed, stages.at(-1)?.audits ?? 0);
  }

  private announce(
    manager: EntityManager,
    datasetId: string,
    certificateId: string,
    person: Viewer,
  ): Promise<void> {
    return this.parts.events.record(manager, {
      datasetId,
      type: 'certificate.changed',
      payload: { certificateId },
      actorId: person.id,
    });
  }
}
