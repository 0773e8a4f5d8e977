import { OverlapMode } from '../../../shared/enums';
import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** The chosen L2 penalty of heads on a backbone, and the number of labels at the choice. */
export interface HeadPenaltyRecord {
  backboneId: string;
  l2: number;
  labels: number;
}

@Entity('dataset')
export class Dataset {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  name!: string;

  /** `skeletonOf` the name. */
  @Column('text', { nullable: true })
  nameSkeleton!: string | null;

  @Column('uuid')
  createdBy!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @Column('text', { nullable: true })
  backboneId!: string | null;

  /**
   * The backbone that images are being embedded with. The run that is published on it switches to
   * it.
   */
  @Column('text', { nullable: true })
  nextBackboneId!: string | null;

  /** The run that was started for the change. */
  @Column('uuid', { nullable: true })
  nextBackboneRunId!: string | null;

  /** The person who asked for the change. */
  @Column('uuid', { nullable: true })
  nextBackboneBy!: string | null;

  /** Images per second of the worker that reported last. */
  @Column('real', { nullable: true })
  nextBackboneRate!: number | null;

  @Column('integer')
  autoRetrainAfter!: number;

  /** Maximum error rate of the images that a certificate covers. */
  @Column('double precision', { default: 0.01 })
  certificateEpsilon!: number;

  /** Allowed risk: the probability that a certificate is wrong. */
  @Column('double precision', { default: 0.05 })
  certificateAlpha!: number;

  /** Target accuracy, between 0 and 1. */
  @Column('real', { default: 0.95 })
  targetAccuracy!: number;
  @Column('text', { default: OverlapMode.NONE })
  overlapMode!: OverlapMode;

  /** Number of people who answer each image of the share. */
  @Column('smallint', { default: 2 })
  overlap!: number;

  /** Share of the images, 0 to 1. */
  @Column('real', { default: 0.1 })
  overlapShare!: number;

  /** Share of the tasks that hide the prediction, 0 to 1. */
  @Column('real', { default: 0 })
  blindShare!: number;

  @Column('text')
  splitSeed!: string;

  @Column('integer', { default: 0 })
  nextOrdinal!: number;

  @Column('integer', { default: 1 })
  nextRunNumber!: number;

  /** Last label_event in the snapshot of the latest run. */
  @Column('bigint', { default: 0 })
  snapshotEventId!: string;

  /** Null until it is chosen, after the first run with enough labels. */
  @Column('jsonb', { nullable: true })
  headPenalty!: HeadPenaltyRecord | null;

  @Column('uuid', { nullable: true })
  currentRunId!: string | null;

  @Column('bigint', { nullable: true })
  currentOrderingId!: string | null;
}
