import type { DataSource } from 'typeorm';
import {
  type AuditPlan,
  chooseThreshold,
  planAtThreshold,
  type ThresholdPlan,
} from '../../../models/metrics';
import { CertificateObstacle, CertificateStatus } from '../../../shared/enums';
import { confidenceOf } from '../../domain/shares';
import type { Dataset } from '../datasets/dataset.ports';
import { readLedger, type AlphaLedger } from './alphaLedger';
import { Certificate } from './certificate.entity';
import type { CertificateRepository } from './certificate.repository';
import type { CertificateSamples } from './certificateSamples';
import { checkEpsilon } from './certificateSettings';

/** What a certificate would need and save. */
export interface CertificateForecast {
  runId: string | null;
  obstacle: CertificateObstacle | null;
  remaining: number;
  epsilon: number;
  alpha: number;
  ledger: AlphaLedger;
  chosen: ThresholdPlan | null;
  curve: ThresholdPlan[];
}

interface PlanRequest {
  threshold: number | undefined;
  epsilon: number | undefined;
  without: readonly string[];
}

/** Whether a plan audits the whole population and so saves nothing. */
export const savesNothing = (plan: AuditPlan): boolean =>
  (plan.stages[0]?.audits ?? 0) >= plan.population;

/** Computes how many audits a certificate needs and how many images it saves. Changes nothing. */
export class CertificatePlanner {
  constructor(
    private readonly dataSource: DataSource,
    private readonly repository: CertificateRepository,
    private readonly samples: CertificateSamples,
  ) {}

  /** @param request.without images whose prediction is hidden from the person who asks */
  async forecast(
    dataset: Dataset,
    { threshold: given, epsilon = dataset.certificateEpsilon, without }: PlanRequest,
  ): Promise<CertificateForecast> {
    checkEpsilon('epsilon', epsilon);
    const threshold = given === undefined ? undefined : confidenceOf('threshold', given);
    const runId = dataset.currentRunId;
    const ledger = await readLedger(this.dataSource.manager, dataset.id, dataset.certificateAlpha);
    const known = { runId, epsilon, alpha: dataset.certificateAlpha, ledger };
    const nothing = { ...known, remaining: 0, chosen: null, curve: [] };
    if (!runId) return { ...nothing, obstacle: CertificateObstacle.NO_MODEL };
    const confidences = await this.repository.confidences(runId, without);
    const input = {
      confidences,
      epsilon,
      alpha: ledger.next,
      sample: await this.samples.of(runId),
    };
    const choice = chooseThreshold(input);
    const chosen = threshold === undefined ? choice?.best : planAtThreshold(input, threshold);
    return {
      ...known,
      remaining: confidences.length,
      chosen: chosen ?? null,
      curve: choice?.curve ?? [],
      obstacle: await this.obstacle(dataset, chosen),
    };
  }

  private async obstacle(
    dataset: Dataset,
    chosen: ThresholdPlan | undefined,
  ): Promise<CertificateObstacle | null> {
    if (!chosen) return CertificateObstacle.NOTHING_TO_ACCEPT;
    const open = await this.dataSource.manager.existsBy(Certificate, {
      datasetId: dataset.id,
      status: CertificateStatus.AUDITING,
    });
    if (open) return CertificateObstacle.AUDIT_OPEN;
    return savesNothing(chosen) ? CertificateObstacle.NOTHING_TO_SAVE : null;
  }
}
