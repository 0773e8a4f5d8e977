import type {
  CertificateObstacle,
  CertificateStatus,
  CertificateVoidReason,
  LibCertificateFragment,
} from '../../gql/operations';
import { formatQuantity } from '../../lib/format';

export const statusWords: Record<CertificateStatus, { text: string; color: string }> = {
  AUDITING: { text: 'Auditing', color: 'blue' },
  ISSUED: { text: 'Issued', color: 'teal' },
  REFUSED: { text: 'Refused', color: 'red' },
  CANCELLED: { text: 'Cancelled', color: 'gray' },
  VOID: { text: 'Void', color: 'gray' },
};

export const voidWords: Record<CertificateVoidReason, string> = {
  NEW_IMAGES: 'New images were uploaded.',
  NEW_THRESHOLD: 'Another certificate was started.',
  CLASSES_CHANGED: 'The classes were changed.',
  AUDIT_CHANGED: 'An audit answer was undone or contradicted.',
};

export const obstacleWords: Record<CertificateObstacle, { title: string; text: string }> = {
  NO_MODEL: {
    title: 'No model yet',
    text: 'A certificate covers images that the model labels. Label some images and wait for the first round.',
  },
  NOTHING_TO_ACCEPT: {
    title: 'Nothing to accept',
    text: 'Every image is labelled, or no image reaches this confidence threshold.',
  },
  NOTHING_TO_SAVE: {
    title: 'Too few images to save any',
    text: 'The audit would check every accepted image. Allow a higher error rate, or label the rest by hand.',
  },
  AUDIT_OPEN: { title: 'An audit is open', text: 'Finish it or cancel it first.' },
};

/** Formats 0.01 as "1 %", 0.0025 as "0.25 %", 0.98934 as "98.93 %". */
export const formatShare = (share: number): string => `${Number((100 * share).toPrecision(4))} %`;

const defaultAlphas = [0.01, 0.05, 0.1];

/** The risks to choose from: the defaults, and the current one if a script has set another. */
export const alphaChoices = (alpha: number): number[] =>
  [...new Set([...defaultAlphas, alpha])].sort((a, b) => a - b);

/** Progress to the audit's next decision, 0 to 100. */
export const auditPercent = ({ audited, needed }: LibCertificateFragment): number =>
  needed > 0 ? Math.min(100, (100 * audited) / needed) : 0;

/** The result of an attempt in a few words. */
export function outcomeOf(one: LibCertificateFragment): string {
  if (one.status === 'VOID' && one.voidReason) return voidWords[one.voidReason];
  if (one.status === 'CANCELLED')
    return one.spent ? 'Cancelled after answers were given.' : 'Cancelled before any answer.';
  return `${formatQuantity(one.wrong, 'error')} in ${one.audited} audited`;
}
