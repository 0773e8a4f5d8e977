import { In, type DataSource, type EntityManager } from 'typeorm';
import { coalesced } from '../../jobs/coalesce';
import { rowLock } from '../../database/rowLock';
import { evaluateAudit, type AuditStanding } from '../../../models/metrics';
import { CertificateStatus, CertificateVoidReason, Lane } from '../../../shared/enums';
import type { DatasetReader } from '../datasets/dataset.ports';
import type { EventRecorder } from '../events/event.ports';
import type { LaneService } from '../tasks/lane.service';
import { Certificate } from './certificate.entity';
import {
  classDigestOf,
  type AuditedImage,
  type CertificateRepository,
} from './certificate.repository';

const live = [CertificateStatus.AUDITING, CertificateStatus.ISSUED];

/**
 * Whether the audit found the image wrong; undefined without a blind answer. A later decision
 * can make a correct image count as wrong, but never a wrong one as correct. So answers outside the
 * audit cannot improve the result.
 */
function isWrong({ predicted, answer, consensus }: AuditedImage): boolean | undefined {
  if (!answer) return undefined;
  return answer !== predicted || (consensus !== null && consensus !== predicted);
}

/**
 * Updates open certificates when labels, images or classes change. It can be repeated: the next
 * call repairs the effect of a missed event.
 */
export class CertificateAudits {
  constructor(
    private readonly dataSource: DataSource,
    private readonly datasets: DatasetReader,
    private readonly repository: CertificateRepository,
    private readonly lanes: LaneService,
    private readonly events: EventRecorder,
  ) {}

  /**
   * Updates the open certificates of a dataset: counts the audit answers, and issues, refuses or voids
   * each certificate. It reads the complete current state in one transaction. Labels arrive faster
   * than reviews run. So all calls that arrive during a review share the next review.
   */
  readonly review = coalesced(async (datasetId: string): Promise<void> => {
    const known = await this.dataSource.manager.existsBy(Certificate, {
      datasetId,
      status: In(live),
    });
    if (!known) return;
    await this.dataSource.transaction(async (manager) => {
      const found = await manager.find(Certificate, {
        where: { datasetId, status: In(live) },
        lock: rowLock,
      });
      for (const certificate of found) await this.reviewOne(manager, certificate);
    });
  });

  /**
   * Reviews all datasets with an open certificate. The sweep calls it in case an event was missed.
   */
  async reviewAll(): Promise<void> {
    const found = await this.dataSource.manager.find(Certificate, {
      select: { datasetId: true },
      where: { status: In(live) },
    });
    for (const datasetId of new Set(found.map((one) => one.datasetId)))
      await this.review(datasetId);
  }

  async void(
    manager: EntityManager,
    id: string,
    reason: CertificateVoidReason,
    spent?: boolean,
  ): Promise<void> {
    await manager.update(
      Certificate,
      { id },
      {
        status: CertificateStatus.VOID,
        voidReason: reason,
        endedAt: () => 'clock_timestamp()',
        ...(spent !== undefined && { spent }),
      },
    );
  }

  /**
   * Puts the images up to the next decision into the lane. An image that was answered elsewhere
   * waits again.
   */
  async fillLane(manager: EntityManager, certificate: Certificate): Promise<void> {
    const images = await this.repository.audit(manager, certificate.id);
    await this.ask(manager, certificate, images, certificate.needed);
  }

  /** Removes images from the lane that need no answer any more. */
  async emptyLane(manager: EntityManager, { id, datasetId }: Certificate): Promise<void> {
    const images = await this.repository.audit(manager, id);
    const waiting = images.flatMap((image) => (image.waiting ? [image.imageId] : []));
    await this.lanes.withdraw(manager, datasetId, Lane.AUDIT, waiting);
  }

  async isAnswered(manager: EntityManager, { id, spent }: Certificate): Promise<boolean> {
    if (spent) return true;
    const images = await this.repository.audit(manager, id);
    return images.some((image) => image.answer !== null);
  }

  private async reviewOne(manager: EntityManager, certificate: Certificate): Promise<void> {
    const reason = await this.reasonToVoid(manager, certificate);
    if (reason) {
      const spent = await this.isAnswered(manager, certificate);
      if (certificate.status === CertificateStatus.AUDITING)
        await this.emptyLane(manager, certificate);
      await this.void(manager, certificate.id, reason, spent);
      return this.announce(manager, certificate);
    }
    if (certificate.status === CertificateStatus.AUDITING)
      await this.evaluate(manager, certificate);
  }

  private async reasonToVoid(
    manager: EntityManager,
    { id, datasetId, status, nextOrdinal, classDigest }: Certificate,
  ): Promise<CertificateVoidReason | undefined> {
    const dataset = await this.datasets.get(manager, datasetId);
    if (dataset.nextOrdinal !== nextOrdinal) return CertificateVoidReason.NEW_IMAGES;
    if ((await classDigestOf(manager, datasetId)) !== classDigest)
      return CertificateVoidReason.CLASSES_CHANGED;
    if (status === CertificateStatus.ISSUED && (await this.repository.isAuditChanged(manager, id)))
      return CertificateVoidReason.AUDIT_CHANGED;
    return undefined;
  }

  private async evaluate(manager: EntityManager, certificate: Certificate): Promise<void> {
    const images = await this.repository.audit(manager, certificate.id);
    const standing = evaluateAudit(certificate, images.map(isWrong));
    const spent = certificate.spent || images.some((image) => image.answer !== null);
    if (standing.verdict === 'OPEN') await this.ask(manager, certificate, images, standing.needed);
    else await this.decide(manager, certificate, images, standing);
    const { audited, wrong, needed } = standing;
    const isSame =
      standing.verdict === 'OPEN' &&
      audited === certificate.audited &&
      wrong === certificate.wrong &&
      needed === certificate.needed &&
      spent === certificate.spent;
    if (isSame) return;
    await manager.update(Certificate, { id: certificate.id }, { audited, wrong, needed, spent });
    await this.announce(manager, certificate);
  }

  private async decide(
    manager: EntityManager,
    certificate: Certificate,
    images: readonly AuditedImage[],
    { verdict, audited }: AuditStanding,
  ): Promise<void> {
    await this.repository.keepAnswers(manager, certificate.id, images.slice(0, audited));
    await this.emptyLane(manager, certificate);
    const issued = verdict === 'ISSUED';
    await manager.update(
      Certificate,
      { id: certificate.id },
      {
        status: issued ? CertificateStatus.ISSUED : CertificateStatus.REFUSED,
        decidedAt: () => 'clock_timestamp()',
        ...(issued && { issuedAt: () => 'clock_timestamp()' }),
      },
    );
  }

  private async ask(
    manager: EntityManager,
    { datasetId, number }: Certificate,
    images: readonly AuditedImage[],
    needed: number,
  ): Promise<void> {
    const unasked = images
      .slice(0, needed)
      .filter(({ answer, waiting }) => answer === null && !waiting);
    const entries = unasked.map(({ imageId }) => ({ imageId, reason: { certificate: number } }));
    await this.lanes.put(manager, datasetId, Lane.AUDIT, entries);
  }

  private announce(manager: EntityManager, { id, datasetId }: Certificate): Promise<void> {
    return this.events.record(manager, {
      datasetId,
      type: 'certificate.changed',
      payload: { certificateId: id },
    });
  }
}
