import { In, type DataSource, type FindOptionsSelect } from 'typeorm';
import {
  shareInterval,
  expectedCalibrationError,
  reliabilityBins,
} from '../../../../models/metrics';
import type { OutOfFold, PublishStep, RunClass, RunClassReports, RunEvaluator } from '../run.ports';
import type { RetrainRun } from '../retrainRun.entity';
import { ConfusionMatrix } from './confusionMatrix';
import { RunReport, type CalibrationRecord, type ConfusionRecord } from './runReport.entity';

interface ScoredRow {
  row: number;
  predicted: number;
  confidence: number;
  correct: boolean;
}

/** The calibration and the confusion matrix of each run, from its out-of-fold predictions. */
export class RunReports implements RunEvaluator, RunClassReports {
  constructor(private readonly dataSource: DataSource) {}

  evaluate({ run }: { run: RetrainRun }, outOfFold: OutOfFold): Promise<PublishStep> {
    const scored = scoreRows(outOfFold);
    const report = {
      runId: run.id,
      calibration: calibrationOf(outOfFold, scored),
      confusion: confusionOf(outOfFold, scored),
    };
    return Promise.resolve(async (manager) => {
      await manager.insert(RunReport, report);
    });
  }

  readonly calibrations = async (
    runIds: readonly string[],
  ): Promise<Map<string, CalibrationRecord>> => {
    const reports = await this.read(runIds, { runId: true, calibration: true });
    return new Map(reports.map(({ runId, calibration }) => [runId, calibration]));
  };

  readonly confusions = async (
    runIds: readonly string[],
  ): Promise<Map<string, ConfusionMatrix>> => {
    const reports = await this.read(runIds, { runId: true, confusion: true });
    return new Map(reports.map(({ runId, confusion }) => [runId, new ConfusionMatrix(confusion)]));
  };

  async classesOf(runIds: readonly string[]): Promise<Map<string, RunClass[]>> {
    const confusions = await this.confusions(runIds);
    return new Map([...confusions].map(([id, { classes }]) => [id, classes]));
  }

  /** A confusion matrix can be large, so it is read only when it is requested. */
  private read(
    runIds: readonly string[],
    select: FindOptionsSelect<RunReport>,
  ): Promise<RunReport[]> {
    return this.dataSource.manager.find(RunReport, { select, where: { runId: In([...runIds]) } });
  }
}

function scoreRows({ labels, probabilities, predicted, classIds }: OutOfFold): ScoredRow[] {
  return Array.from(predicted, (column, row) => ({
    row,
    predicted: column,
    confidence: probabilities[row * classIds.length + column]!,
    correct: column === labels[row],
  }));
}

function calibrationOf(
  { sampled, temperature }: OutOfFold,
  scored: readonly ScoredRow[],
): CalibrationRecord {
  const sample = scored.filter(({ row }) => sampled[row]);
  const correct = sample.map((one) => one.correct);
  const correctCount = correct.filter(Boolean).length;
  const interval = sample.length > 0 ? shareInterval(correctCount, sample.length) : undefined;
  const predictions = { confidence: sample.map(({ confidence }) => confidence), correct };
  return {
    temperature,
    sampleCount: sample.length,
    accuracy: sample.length > 0 ? correctCount / sample.length : null,
    accuracyLow: interval?.low ?? null,
    accuracyHigh: interval?.high ?? null,
    expectedCalibrationError: expectedCalibrationError(predictions) ?? null,
    bins: reliabilityBins(predictions).map(({ interval: binInterval, ...bin }) => ({
      ...bin,
      meanConfidence: bin.meanConfidence ?? null,
      accuracy: bin.accuracy ?? null,
      low: binInterval?.low ?? null,
      high: binInterval?.high ?? null,
    })),
  };
}

function confusionOf(
  { labels, known, classIds }: OutOfFold,
  scored: readonly ScoredRow[],
): ConfusionRecord[] {
  const counts = new Map<number, number>();
  for (const { row, predicted } of scored) {
    const cell = labels[row]! * classIds.length + predicted;
    if (known[row]) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  }
  return [...counts].map(([cell, count]) => ({
    classId: classIds[Math.floor(cell / classIds.length)]!,
    predictedClassId: classIds[cell % classIds.length]!,
    count,
  }));
}
