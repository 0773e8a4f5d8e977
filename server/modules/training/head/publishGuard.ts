import { RetrainRunTrigger } from '../../../../shared/enums';
import type { RunMetricsRecord } from '../retrainRun.entity';
import type { RunAttemptRepository } from '../run/runAttempt.repository';
import { RunRefusal } from '../run/runErrors';
import type { HeadRun } from './headRun';

/** The figures of a run that say how well its model learned. */
export type LearnedFigures = Pick<
  RunMetricsRecord,
  'trainAccuracy' | 'trainCount' | 'validationAccuracy' | 'validationCount'
>;

interface Share {
  /** 0 to 1. */
  accuracy: number;
  count: number;
}

/** A model may be worse than its predecessor by this share. More labels make the task harder. */
const maxLoss = 0.25;
/** A difference must also exceed this number of standard errors. Few labels prove nothing. */
const minDeviations = 3;

/**
 * Refuses to publish a model that is far worse than the current one, on its own labels or on held-out
 * ones. Damaged features or labels are the usual cause, and the current model is better than such a
 * one. A person who starts another run after a refusal gets it published.
 */
export class PublishGuard {
  constructor(private readonly attempts: RunAttemptRepository) {}

  /** @throws RunRefusal */
  async check(
    { run, dataset, backboneId }: HeadRun,
    classCount: number,
    figures: LearnedFigures,
  ): Promise<void> {
    const current = await this.attempts.findCurrent(dataset.id);
    if (!current?.metrics) return;
    // On another backbone or with more classes, a lower accuracy is no sign of damage.
    const isComparable =
      current.backboneId === backboneId && classCount <= (current.classCount ?? 0);
    const reason = isComparable && reasonToRefuse(figures, current.metrics);
    if (!reason) return;
    const isManual = run.trigger === RetrainRunTrigger.MANUAL;
    if (isManual && (await this.attempts.isAfterRefusal(run, current))) return;
    throw new RunRefusal(
      `The new model was not published, because ${reason}. Look at the latest labels. To publish it ` +
        'all the same, start another run.',
    );
  }
}

/** Returns why a model is far worse than the current one, or undefined if it is not. */
export function reasonToRefuse(own: LearnedFigures, current: LearnedFigures): string | undefined {
  const train = [ofTraining(own), ofTraining(current)] as const;
  if (isFarWorse(...train)) return sentence('the labels that it learned from', ...train);
  const held = [ofValidation(own), ofValidation(current)] as const;
  if (isFarWorse(...held)) return sentence('the validation images', ...held);
  return undefined;
}

const ofTraining = ({ trainAccuracy, trainCount }: LearnedFigures): Share => ({
  accuracy: trainAccuracy,
  count: trainCount,
});

const ofValidation = ({ validationAccuracy, validationCount }: LearnedFigures): Share => ({
  accuracy: validationAccuracy ?? 0,
  count: validationAccuracy === null ? 0 : validationCount,
});

/** Compares two shares by the pooled test of two proportions. Without rows nothing is proved. */
function isFarWorse(own: Share, current: Share): boolean {
  const loss = current.accuracy - own.accuracy;
  if (own.count === 0 || current.count === 0 || loss <= maxLoss) return false;
  const right = own.accuracy * own.count + current.accuracy * current.count;
  const pooled = right / (own.count + current.count);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / own.count + 1 / current.count));
  return loss > minDeviations * error;
}

const sentence = (what: string, own: Share, current: Share) =>
  `it is right on ${percent(own)} of ${what}, and the current model on ${percent(current)}`;

const percent = ({ accuracy }: Share) => `${Math.round(100 * accuracy)} %`;
