import { RetrainRunPhase } from '../../../../shared/enums';
import type { OutOfFold, PublishStep, RunEvaluator } from '../run.ports';
import type { CrossValidator } from './crossValidator';
import type { HeadFitInput } from './headRun';

export interface Evaluation {
  /** What the head's logits are divided by for calibrated confidences. */
  temperature: number;
  /** Undefined while labels are too few to hold some of them out. */
  outOfFold: OutOfFold | undefined;
  /** What the evaluators write when the run is published. */
  publishSteps: readonly PublishStep[];
}

/** Measures the method by cross-validation and lets every evaluator derive its results from that. */
export class EvaluatePhase {
  constructor(
    private readonly parts: {
      crossValidator: CrossValidator;
      /** In the order in which their publish steps lock rows. */
      evaluators: readonly RunEvaluator[];
    },
  ) {}

  async run(input: HeadFitInput): Promise<Evaluation> {
    await input.progress.enter(RetrainRunPhase.EVALUATE);
    const { crossValidator, evaluators } = this.parts;
    const { temperature, outOfFold } = await crossValidator.validate(input);
    const publishSteps: PublishStep[] = [];
    if (outOfFold)
      for (const evaluator of evaluators)
        publishSteps.push(await evaluator.evaluate(input, outOfFold));
    return { temperature, outOfFold, publishSteps };
  }
}
