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

/** The accuracy on the random sample, and how well the confidences match it. */
export interface CalibrationRecord {
  temperature: number;
  /** Size of the random sample. Each label was predicted by a head that was not trained on it. */
  sampleCount: number;
  /** Share of correct predictions, with its exact 95 % interval. Null without a sample. */
  accuracy: number | null;
  accuracyLow: number | null;
  accuracyHigh: number | null;
  expectedCalibrationError: number | null;
  bins: ReliabilityBinRecord[];
}

/** A cell of the confusion matrix. Empty cells have no record. */
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

  /** Of all labels whose head was trained on that class, whether they are in the random sample or not. */
  @Column('jsonb')
  confusion!: ConfusionRecord[];
}
