import type { AuditRule } from './rule';

export type AuditVerdict = 'OPEN' | 'ISSUED' | 'REFUSED';

/** The current state of an audit. */
export interface AuditStanding {
  verdict: AuditVerdict;
  /** Number of answers that count: those before the first unanswered image. */
  audited: number;
  /** Wrong images among the answers that count. */
  wrong: number;
  /**
   * Number of audits at the next decision if no further image is wrong. After the decision, the
   * number of audits at which it was made.
   */
  needed: number;
}

/**
 * Evaluates the answers of an audit in the order in which the images were drawn. Only answers
 * before the first unanswered image count, so that fast annotators and skipped images cannot
 * influence the verdict. An audit that can no longer succeed is refused at once.
 *
 * @param answers whether each image was wrong, in the order drawn; undefined if unanswered
 */
export function evaluateAudit(
  { stages }: Pick<AuditRule, 'stages'>,
  answers: readonly (boolean | undefined)[],
): AuditStanding {
  const last = stages.at(-1) ?? { audits: 0, allowedWrong: 0 };
  let [audited, wrong, stage] = [0, 0, 0];
  for (;;) {
    while (stage < stages.length && audited >= stages[stage]!.audits) {
      if (wrong <= stages[stage]!.allowedWrong)
        return { verdict: 'ISSUED', audited, wrong, needed: audited };
      stage++;
    }
    if (stage >= stages.length || wrong > last.allowedWrong)
      return { verdict: 'REFUSED', audited, wrong, needed: audited };
    const answer = answers[audited];
    if (answer === undefined) break;
    audited++;
    if (answer) wrong++;
  }
  const next = stages.find(({ audits, allowedWrong }) => audits > audited && wrong <= allowedWrong);
  return { verdict: 'OPEN', audited, wrong, needed: (next ?? last).audits };
}
