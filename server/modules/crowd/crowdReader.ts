import type { Dataset } from '../datasets/dataset.ports';
import type { FeatureMatrix } from '../embeddings/embedding.ports';
import type { OutOfFold, PublishStep, RunEvaluator } from '../training/run.ports';
import type { ConsensusReader } from './consensusReader';
import type { SuspectReader } from './suspectReader';

/**
 * Evaluates people's answers in a run: first the consensus, then the suspects, which depend on it.
 */
export class CrowdReader implements RunEvaluator {
  constructor(
    private readonly consensus: ConsensusReader,
    private readonly suspects: SuspectReader,
  ) {}

  async evaluate(
    work: { dataset: Dataset; matrix: FeatureMatrix },
    outOfFold: OutOfFold,
  ): Promise<PublishStep> {
    const { settled, save } = await this.consensus.read(work, outOfFold);
    const saveSuspects = await this.suspects.read(work, outOfFold, settled);
    return async (manager) => {
      await save(manager);
      await saveSuspects(manager);
    };
  }
}
