import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AuditStage } from '../../../models/metrics';
import type { CertificateStatus, CertificateVoidReason } from '../../../shared/enums';

/** One attempt at a certificate, from the draw of its audit on. */
@Entity('certificate')
export class Certificate {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid')
  datasetId!: string;

  @Column('uuid')
  runId!: string;

  @Column('uuid')
  userId!: string;

  @Column('integer')
  number!: number;

  @Column('text')
  status!: CertificateStatus;

  @Column('double precision')
  epsilon!: number;

  @Column('double precision')
  alpha!: number;

  @Column('double precision')
  attemptAlpha!: number;

  /** Whether somebody answered, so that this attempt’s part of alpha is spent. */
  @Column('boolean', { default: false })
  spent!: boolean;

  @Column('double precision')
  threshold!: number;

  @Column('integer')
  population!: number;

  @Column('integer')
  remaining!: number;

  @Column('integer')
  tolerated!: number;

  @Column('jsonb')
  stages!: AuditStage[];

  @Column('double precision')
  chance!: number;

  @Column('double precision')
  expectedAudits!: number;

  @Column('text')
  seed!: string;

  @Column('integer', { default: 0 })
  audited!: number;

  @Column('integer', { default: 0 })
  wrong!: number;

  @Column('integer')
  needed!: number;

  @Column('integer')
  nextOrdinal!: number;

  @Column('text')
  classDigest!: string;

  @Column('timestamptz', { default: () => 'clock_timestamp()' })
  startedAt!: Date;

  @Column('timestamptz', { nullable: true })
  decidedAt!: Date | null;

  @Column('timestamptz', { nullable: true })
  issuedAt!: Date | null;

  /** When it was cancelled or voided. */
  @Column('timestamptz', { nullable: true })
  endedAt!: Date | null;

  @Column('text', { nullable: true })
  voidReason!: CertificateVoidReason | null;
}
