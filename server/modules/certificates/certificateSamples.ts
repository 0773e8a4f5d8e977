import type { DataSource } from 'typeorm';
import type { ScoredSample } from '../../../models/metrics';
import type { OutOfFold, PublishStep, RetrainRun, RunEvaluator } from '../training/run.ports';

/** Keeps how sure a run’s heads were of the random sample, and how right: plans expect errors from it. */
export class CertificateSamples implements RunEvaluator {
  constructor(private readonly dataSource: DataSource) {}

  evaluate({ run }: { run: RetrainRun }, outOfFold: OutOfFold): Promise<PublishStep> {
    const { confidence, right } = sampleOf(outOfFold);
    return Promise.resolve(async (manager) => {
      await manager.query(
        'INSERT INTO run_sample (run_id, confidences, rights) VALUES ($1, $2::real[], $3::boolean[])',
        [run.id, confidence, right],
      );
    });
  }

  async of(runId: string): Promise<ScoredSample | undefined> {
    const rows: { confidences: number[]; rights: boolean[] }[] = await this.dataSource.query(
      'SELECT confidences, rights FROM run_sample WHERE run_id = $1',
      [runId],
    );
    return rows[0] && { confidence: rows[0].confidences, correct: rows[0].rights };
  }
}

function sampleOf({ sampled, labels, probabilities, predicted, classIds }: OutOfFold) {
  const rows = Array.from(labels.keys()).filter((row) => sampled[row]);
  const confidence = rows.map((row) =>
    Math.min(1, probabilities[row * classIds.length + predicted[row]!]!),
  );
  return { confidence, right: rows.map((row) => predicted[row] === labels[row]) };
}
