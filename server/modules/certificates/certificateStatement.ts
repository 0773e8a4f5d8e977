import { toGlobalId } from '../../graphql/globalId';
import type { Certificate } from './certificate.entity';

/** Formats 0.01 as "1 %" and 0.0025 as "0.25 %". */
export const percent = (share: number): string =>
  `${Number((100 * share).toPrecision(4)).toLocaleString('en-GB', { maximumFractionDigits: 4 })} %`;

const count = (value: number): string => value.toLocaleString('en-GB');

/**
 * Returns the certificate's statement in one sentence, or what it will state while its audit is
 * open.
 */
export function statementOf(certificate: Certificate, runNumber: number): string {
  const { epsilon, alpha, tolerated, population, threshold } = certificate;
  return (
    `At most ${percent(epsilon)} (${count(tolerated)} of ${count(population)}) of the images that round ${runNumber} ` +
    `decides with a confidence of ${percent(threshold)} or more are delivered in a wrong class, ` +
    `with ${percent(1 - alpha)} confidence.`
  );
}

/** Lists the assumptions of the statement. */
export function assumptionsOf({ seed, attemptAlpha }: Certificate, runNumber: number): string[] {
  return [
    'The answers in the audit are correct.',
    'The audited images were drawn at random from the accepted ones after the threshold was fixed ' +
      `(ordered by SHA-256 of ${seed} and the image’s id), and answered without seeing a prediction.`,
    `They were answered in the order drawn. This attempt is wrong with a probability of at most ${percent(attemptAlpha)}. ` +
      'All attempts at this certificate share the risk.',
    'Accepted images that a person has labelled are delivered with that person’s class, which counts as correct. ' +
      'Labels given outside the audit are not covered. They are delivered as given.',
    `It covers the classes that round ${runNumber} predicted. Predictions of later rounds are not covered.`,
  ];
}

/** The certificate as a file in an export. */
export interface CertificateDocument {
  id: string;
  number: number;
  /** ISSUED, or VOID if something that it rests on changed before this was written. */
  status: Certificate['status'];
  statement: string;
  assumptions: string[];
  epsilon: number;
  alpha: number;
  attemptAlpha: number;
  round: number;
  threshold: number;
  accepted: number;
  tolerated: number;
  audit: { seed: string; audited: number; wrong: number; stages: Certificate['stages'] };
  startedAt: Date;
  issuedAt: Date | null;
  voidedAt: Date | null;
  voidReason: Certificate['voidReason'];
}

/** The file certificate.json of an export. Its id is that of the API, so that a script can look it up there. */
export function certificateDocument(
  certificate: Certificate,
  runNumber: number,
): CertificateDocument {
  const { number, status, epsilon, alpha, attemptAlpha, threshold, tolerated } = certificate;
  const { seed, audited, wrong, stages, startedAt, issuedAt, endedAt, voidReason } = certificate;
  return {
    id: toGlobalId('Certificate', certificate.id),
    ...{ number, status },
    statement: statementOf(certificate, runNumber),
    assumptions: assumptionsOf(certificate, runNumber),
    ...{ epsilon, alpha, attemptAlpha, round: runNumber, threshold },
    ...{ accepted: certificate.population, tolerated },
    audit: { seed, audited, wrong, stages },
    ...{ startedAt, issuedAt, voidedAt: endedAt, voidReason },
  };
}
