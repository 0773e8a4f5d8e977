import type { DataSource } from 'typeorm';
import type { ScoredSample } from '../../../models/metrics';
import type { OutOfFold, PublishStep, RetrainRun, RunEvaluator } from '../training/run.ports';

/**
 * Stores a run’s out-of-fold confidences on the random sample and whether they were correct. Plans
 * use them to expect errors.
 */
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
