import type {
  CertificateObstacle,
  CertificateStatus,
  CertificateVoidReason,
  LibCertificateFragment,
} from '../../gql/operations';

export const statusWords: Record<CertificateStatus, { words: string; color: string }> = {
  AUDITING: { words: 'Auditing', color: 'blue' },
  ISSUED: { words: 'Issued', color: 'teal' },
  REFUSED: { words: 'Refused', color: 'red' },
  CANCELLED: { words: 'Cancelled', color: 'gray' },
  VOID: { words: 'Void', color: 'gray' },
};

export const voidWords: Record<CertificateVoidReason, string> = {
  NEW_IMAGES: 'Images were uploaded since.',
  NEW_THRESHOLD: 'Another certificate was begun.',
  CLASSES_CHANGED: 'The classes were changed.',
  AUDIT_CHANGED: 'An answer of its audit was taken back or contradicted.',
};

export const obstacleWords: Record<CertificateObstacle, { title: string; text: string }> = {
  NO_MODEL: {
    title: 'No model yet',
    text: 'A certificate is about what the model decides. Label some images; it appears here after the first round.',
  },
  NOTHING_TO_ACCEPT: {
    title: 'Nothing to accept',
    text: 'Every image is labelled, or none is as sure as this threshold.',
  },
  NOTHING_TO_SAVE: {
    title: 'Too few images to save any',
    text: 'The audit would look at every image that it is about. Tolerate more errors, or label the rest by hand.',
  },
  AUDIT_OPEN: { title: 'An audit is open', text: 'Finish it or cancel it first.' },
};

/** 0.01 as "1 %", 0.0025 as "0.25 %", 0.98934 as "98.93 %". */
export const formatShare = (share: number): string => `${Number((100 * share).toPrecision(4))} %`;

const usualAlphas = [0.01, 0.05, 0.1];

/** The chances to choose from; one that a script set stands among them. */
export const alphaChoices = (alpha: number): number[] =>
  [...new Set([...usualAlphas, alpha])].sort((a, b) => a - b);

/** Share of the audit until its next decision, 0 to 100. */
export const auditPercent = ({ audited, needed }: LibCertificateFragment): number =>
  needed > 0 ? Math.min(100, (100 * audited) / needed) : 0;

/** What the attempt came to, for the list. */
export function outcomeOf(one: LibCertificateFragment): string {
  if (one.status === 'VOID' && one.voidReason) return voidWords[one.voidReason];
  if (one.status === 'CANCELLED')
    return one.spent ? 'Cancelled after answers were given.' : 'Cancelled before any answer.';
  return `${one.wrong} wrong in ${one.audited} audited`;
}
