import { OverlapMode } from '../../../shared/enums';
import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** How strongly heads on a backbone are held back, and by how many labels that was chosen. */
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

  @Column('uuid')
  createdBy!: string;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt!: Date;

  @Column('text', { nullable: true })
  backboneId!: string | null;

  /** Being embedded in the background; the run that is published on it switches to it. */
  @Column('text', { nullable: true })
  nextBackboneId!: string | null;

  /** The run that was started for the change. */
  @Column('uuid', { nullable: true })
  nextBackboneRunId!: string | null;

  /** Images per second of the worker that reported last. */
  @Column('real', { nullable: true })
  nextBackboneRate!: number | null;

  @Column('integer')
  autoRetrainAfter!: number;

  /** Share of what a certificate covers that may be wrong. */
  @Column('double precision', { default: 0.01 })
  certificateEpsilon!: number;

  /** Chance that a certificate may be wrong. */
  @Column('double precision', { default: 0.05 })
  certificateAlpha!: number;

  /** What labelling aims at, between 0 and 1. */
  @Column('real', { default: 0.95 })
  targetAccuracy!: number;
  @Column('text', { default: OverlapMode.NONE })
  overlapMode!: OverlapMode;

  /** Answers that an image of the share gets. */
  @Column('smallint', { default: 2 })
  overlap!: number;

  /** 0 to 1: images that get them. */
  @Column('real', { default: 0.1 })
  overlapShare!: number;

  /** 0 to 1: tasks without a prediction. */
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

  /** Null until it is chosen, after the first run that could. */
  @Column('jsonb', { nullable: true })
  headPenalty!: HeadPenaltyRecord | null;

  @Column('uuid', { nullable: true })
  currentRunId!: string | null;

  @Column('bigint', { nullable: true })
  currentOrderingId!: string | null;
}
