import type { DataSource } from 'typeorm';
import type { HeadPenaltyRecord } from '../../datasets/dataset.ports';
import type { EmbeddingService } from '../../embeddings/embedding.service';
import type { FeatureMatrix } from '../../embeddings/embedding.ports';
import type { LabelSnapshot } from '../run/labelSnapshot';
import { RunFailure } from '../run/runErrors';
import type { StartedRun } from '../run/runExecutor';
import type { PseudoLabeller } from './pseudoLabeller';

/** An attempt at a run with the features of the dataset's images open. */
export interface HeadRun extends StartedRun {
  backboneId: string;
  matrix: FeatureMatrix;
  /** PostgreSQL's snapshot from before the matrix was read. The matrix may lack embeddings that it does not see. */
  databaseSnapshot: string;
}

/** What the fit and the evaluation of a head start from. */
export interface HeadFitInput extends HeadRun {
  snapshot: LabelSnapshot;
  pseudoLabeller: PseudoLabeller;
  /** The penalty that an earlier run chose for heads on this backbone. */
  penalty: HeadPenaltyRecord | undefined;
}

/** Opens the features for a run. The caller closes the matrix. @throws RunFailure */
export async function openHeadRun(
  { dataSource, embeddings }: { dataSource: DataSource; embeddings: EmbeddingService },
  started: StartedRun,
  backboneId: string | null,
): Promise<HeadRun> {
  const databaseSnapshot = await readDatabaseSnapshot(dataSource);
  const matrix = await embeddings.features(started.dataset.id, backboneId);
  if (!matrix || !backboneId)
    throw new RunFailure(
      backboneId
        ? `No worker has the backbone ${backboneId}, so the run cannot start. See the overview.`
        : 'No worker has a backbone, so the run cannot start. See the overview.',
    );
  return { ...started, backboneId, matrix, databaseSnapshot };
}

async function readDatabaseSnapshot(dataSource: DataSource): Promise<string> {
  const [row]: [{ snapshot: string }] = await dataSource.query(
    'SELECT pg_current_snapshot()::text AS snapshot',
  );
  return row.snapshot;
}
