import { Column, Entity, PrimaryColumn } from 'typeorm';

export interface ReliabilityBinRecord {
  from: number;
  to: number;
  count: number;
  meanConfidence: number | null;
  accuracy: number | null;
  low: number | null;
  high: number | null;
}

/** How right the run's method is on the random sample, and how well it knows. */
export interface CalibrationRecord {
  temperature: number;
  /** Labels of the random sample, each judged by a head that never saw it. */
  sampleCount: number;
  /** Share of the sample that was predicted right, with its exact 95 % interval; null without a sample. */
  accuracy: number | null;
  accuracyLow: number | null;
  accuracyHigh: number | null;
  expectedCalibrationError: number | null;
  bins: ReliabilityBinRecord[];
}

/** A cell of the confusion matrix that is not empty. */
export interface ConfusionRecord {
  classId: string;
  predictedClassId: string;
  count: number;
}

@Entity('run_report')
export class RunReport {
  @PrimaryColumn('uuid')
  runId!: string;

  @Column('jsonb')
  calibration!: CalibrationRecord;

  /** Of all labels, sampled or not, whose class the judging head knew. */
  @Column('jsonb')
  confusion!: ConfusionRecord[];
}
