import { isDeepStrictEqual } from 'node:util';
import type { DataSource, EntityManager } from 'typeorm';
import type { Logger } from 'pino';
import type { ConsensusHistory } from './consensusHistory';
import { deriveConsensus, type ConsensusState } from './deriveConsensus';

/** What is compared. */
interface Compared {
  classId: string | null;
  decidedBy: string | null;
  isGold: boolean;
  /** Ids of the labels in force, sorted. */
  inForce: readonly string[];
}

/** An image whose stored consensus does not follow from its history. */
export interface ConsensusDifference {
  imageId: string;
  datasetId: string;
  stored: Compared;
  derived: Compared;
}

interface StoredRow extends Compared {
  id: string;
  datasetId: string;
}

const imagesAtOnce = 500;
const maxReported = 20;

/** Compares the stored consensus of all images with the one that their history gives. */
export class ConsensusCheck {
  constructor(
    private readonly dataSource: DataSource,
    private readonly history: ConsensusHistory,
  ) {}

  /** Checks every image, and reports differences in the log. It changes nothing. */
  async report(logger: Logger, signal: AbortSignal): Promise<void> {
    let count = 0;
    const differences: ConsensusDifference[] = [];
    for await (const found of this.differences(signal)) {
      count++;
      if (differences.length < maxReported) differences.push(found);
    }
    if (signal.aborted) return;
    if (count > 0)
      logger.error({ count, differences }, 'stored consensus does not follow from the history');
    else logger.info('every stored consensus follows from its history');
  }

  /** Yields the differences of all images. It reads a few hundred images at a time. */
  async *differences(signal?: AbortSignal): AsyncGenerator<ConsensusDifference> {
    let after: string | undefined = '00000000-0000-0000-0000-000000000000';
    while (after && !signal?.aborted) {
      const page: { last: string | undefined; found: ConsensusDifference[] } =
        await this.checkAfter(after);
      yield* page.found;
      after = page.last;
    }
  }

  /** Both reads see one state, so that an answer between them makes no difference. */
  private checkAfter(after: string) {
    return this.dataSource.transaction('REPEATABLE READ', async (manager) => {
      const stored = await storedAfter(manager, after);
      const histories = await this.history.read(
        manager,
        stored.map(({ id }) => id),
      );
      const found = stored.flatMap(({ id, datasetId, ...row }) => {
        const derived = comparedOf(deriveConsensus(histories.get(id) ?? []));
        return isDeepStrictEqual(derived, row)
          ? []
          : [{ imageId: id, datasetId, stored: row, derived }];
      });
      return { last: stored.at(-1)?.id, found };
    });
  }
}

const storedAfter = (manager: EntityManager, after: string): Promise<StoredRow[]> =>
  manager.query(
    `SELECT id, dataset_id AS "datasetId", consensus_class_id AS "classId", decided_by AS "decidedBy",
       is_gold AS "isGold",
       ARRAY(SELECT label.id::text FROM label WHERE label.image_id = image.id AND label.in_force
         ORDER BY label.id) AS "inForce"
     FROM image WHERE id > $1 ORDER BY id LIMIT ${imagesAtOnce}`,
    [after],
  );

const comparedOf = ({ classId, decidedBy, isGold, inForce }: ConsensusState): Compared => ({
  classId,
  decidedBy,
  isGold,
  inForce: inForce.map(({ id }) => id).sort(),
});
