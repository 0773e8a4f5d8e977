import { In, type DataSource } from 'typeorm';
import {
  shareInterval,
  expectedCalibrationError,
  reliabilityBins,
} from '../../../../models/metrics';
import type { OutOfFold, RunReader, RunSaver } from '../run.ports';
import type { RetrainRun } from '../retrainRun.entity';
import { RunReport, type CalibrationRecord, type ConfusionRecord } from './runReport.entity';

interface ScoredRow {
  row: number;
  predicted: number;
  confidence: number;
  right: boolean;
}

/** How each run did on labels that its judging heads never saw. */
export class RunReports implements RunReader {
  constructor(private readonly dataSource: DataSource) {}

  read({ run }: { run: RetrainRun }, outOfFold: OutOfFold): Promise<RunSaver> {
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

  readonly ofRuns = async (runIds: readonly string[]): Promise<Map<string, RunReport>> => {
    const reports = await this.dataSource.manager.findBy(RunReport, { runId: In([...runIds]) });
    return new Map(reports.map((report) => [report.runId, report]));
  };
}

function scoreRows({ labels, probabilities, predicted, classIds }: OutOfFold): ScoredRow[] {
  return Array.from(predicted, (column, row) => ({
    row,
    predicted: column,
    confidence: probabilities[row * classIds.length + column]!,
    right: column === labels[row],
  }));
}

function calibrationOf(
  { sampled, temperature }: OutOfFold,
  scored: readonly ScoredRow[],
): CalibrationRecord {
  const sample = scored.filter(({ row }) => sampled[row]);
  const right = sample.filter((one) => one.right).length;
  const share = sample.length > 0 ? shareInterval(right, sample.length) : undefined;
  const said = {
    confidence: sample.map(({ confidence }) => confidence),
    right: sample.map((one) => one.right),
  };
  return {
    temperature,
    sampleCount: sample.length,
    accuracy: sample.length > 0 ? right / sample.length : null,
    accuracyLow: share?.low ?? null,
    accuracyHigh: share?.high ?? null,
    expectedCalibrationError: expectedCalibrationError(said) ?? null,
    bins: reliabilityBins(said).map(({ interval, ...bin }) => ({
      ...bin,
      meanConfidence: bin.meanConfidence ?? null,
      accuracy: bin.accuracy ?? null,
      low: interval?.low ?? null,
      high: interval?.high ?? null,
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
