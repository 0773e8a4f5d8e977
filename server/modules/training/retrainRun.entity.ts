import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';
import {
  ClassBalance,
  Recipe,
  RetrainRunPhase,
  RetrainRunStatus,
  RetrainRunTrigger,
} from '../../../shared/enums';

/** The metrics of a published run, as JSON in its row. */
export interface RunMetricsRecord {
  trainLoss: number;
  trainAccuracy: number;
  trainCount: number;
  validationLoss: number | null;
  validationAccuracy: number | null;
  validationCount: number;
  testLoss: number | null;
  testAccuracy: number | null;
  testCount: number;
  rescoredCount: number;
  /** Missing in runs of older versions, which did not choose it. */
  l2?: number;
  phaseSeconds: { phase: RetrainRunPhase; seconds: number }[];
}

/** How a run trains its network, with every default filled in. */
export interface DeepOptionsRecord {
  epochs: number;
  batchSize: number;
  learningRate: number;
  flip: boolean;
  rotationDegrees: number;
  zoom: number;
  balance: ClassBalance;
  /** Fine-tuning: the first block of the backbone that is trained. Null for its last block. */
  fromBlock: string | null;
  /** Starts from the weights of the dataset's last network of this recipe. */
  continueLast: boolean;
  /** With `continueLast` only. Missing in runs of older versions. */
  replayRatio?: number | null;
  shrink?: number | null;
  perturb?: number | null;
  /** Fine-tuning: the backbone whose weights are trained further. */
  baseBackboneId: string | null;
}

export interface EpochEntry {
  epoch: number;
  seconds: number;
  loss: number;
  accuracy: number;
  validationLoss: number | null;
  validationAccuracy: number | null;
}

/** The progress of a network's training, as JSON in the run's row. */
export interface TrainingRecord {
  epochs: EpochEntry[];
  /** The maximum number of epochs. Early stopping may end the training before. */
  epochCount: number;
  imagesPerSecond: number | null;
}

@Entity('retrain_run')
export class RetrainRun {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid')
  datasetId!: string;

  @Column('integer')
  number!: number;

  @Column('text')
  status!: RetrainRunStatus;

  @Column('text')
  recipe!: Recipe;

  /** The backbone that the head is fitted on. It is chosen when the run is queued. */
  @Column('text', { nullable: true })
  backboneId!: string | null;

  @Column('text')
  trigger!: RetrainRunTrigger;

  @Column('uuid', { nullable: true })
  startedBy!: string | null;

  @Column('text', { nullable: true })
  phase!: RetrainRunPhase | null;

  @Column('real', { default: 0 })
  percent!: number;

  @Column('real', { nullable: true })
  secondsLeft!: number | null;

  @Column('real', { nullable: true })
  loss!: number | null;

  @Column('real', { nullable: true })
  accuracy!: number | null;

  @Column('integer', { default: 0 })
  attempt!: number;

  @Column('uuid', { nullable: true })
  workerId!: string | null;

  @Column('timestamptz', { nullable: true })
  cancelRequestedAt!: Date | null;

  @CreateDateColumn({ type: 'timestamptz' })
  queuedAt!: Date;

  @Column('timestamptz', { nullable: true })
  startedAt!: Date | null;

  @Column('timestamptz', { nullable: true })
  finishedAt!: Date | null;

  @Column('timestamptz', { nullable: true })
  publishedAt!: Date | null;

  @Column('text', { nullable: true })
  failure!: string | null;

  @Column('integer', { nullable: true })
  labelCount!: number | null;

  @Column('integer', { nullable: true })
  classCount!: number | null;

  @Column('jsonb', { nullable: true })
  options!: DeepOptionsRecord | null;

  @Column('jsonb', { nullable: true })
  training!: TrainingRecord | null;

  @Column('text', { nullable: true })
  engine!: string | null;

  @Column('text', { nullable: true })
  note!: string | null;

  @Column('jsonb', { nullable: true })
  metrics!: RunMetricsRecord | null;
}
