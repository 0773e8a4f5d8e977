import type { DataSource } from 'typeorm';
import type { Judged } from '../../../models/metrics/calibration';
import type { RetrainRun } from '../training/retrainRun.entity';
import type { OutOfFold, RunReader, RunSaver } from '../training/run.ports';

/** Keeps how sure a run’s heads were of the random sample, and how right: plans expect errors from it. */
export class CertificateSamples implements RunReader {
  constructor(private readonly dataSource: DataSource) {}

  read({ run }: { run: RetrainRun }, outOfFold: OutOfFold): Promise<RunSaver> {
    const { confidence, right } = sampleOf(outOfFold);
    return Promise.resolve(async (manager) => {
      await manager.query(
        'INSERT INTO run_sample (run_id, confidences, rights) VALUES ($1, $2::real[], $3::boolean[])',
        [run.id, confidence, right],
      );
    });
  }

  async of(runId: string): Promise<Judged | undefined> {
    const rows: { confidences: number[]; rights: boolean[] }[] = await this.dataSource.query(
      'SELECT confidences, rights FROM run_sample WHERE run_id = $1',
      [runId],
    );
    return rows[0] && { confidence: rows[0].confidences, right: rows[0].rights };
  }
}

function sampleOf({ sampled, labels, probabilities, classIds }: OutOfFold) {
  const classes = classIds.length;
  const confidence: number[] = [];
  const right: boolean[] = [];
  for (let row = 0; row < labels.length; row++) {
    if (!sampled[row]) continue;
    const own = probabilities.subarray(row * classes, (row + 1) * classes);
    const best = own.reduce((top, value, k) => (value > own[top]! ? k : top), 0);
    confidence.push(Math.min(1, own[best]!));
    right.push(best === labels[row]);
  }
  return { confidence, right };
}
