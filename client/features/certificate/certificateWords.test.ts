import type { LibCertificateFragment } from '../../gql/operations';
import { alphaChoices, auditPercent, formatShare, outcomeOf } from './certificateWords';

const certificate = { audited: 40, needed: 160, wrong: 1, status: 'REFUSED', spent: true };
const of = (more: object) => ({ ...certificate, ...more }) as LibCertificateFragment;

describe('the texts of a certificate', () => {
  it('format shares without floating-point digits', () => {
    expect([0.01, 0.0025, 0.07, 0.989345].map(formatShare)).toEqual([
      '1 %',
      '0.25 %',
      '7 %',
      '98.93 %',
    ]);
  });

  it('offer three risks, and the dataset’s own if it is another', () => {
    expect(alphaChoices(0.05).map(formatShare)).toEqual(['1 %', '5 %', '10 %']);
    expect(alphaChoices(0.025).map(formatShare)).toEqual(['1 %', '2.5 %', '5 %', '10 %']);
  });

  it('give the progress of an audit, even if it needs no images', () => {
    expect(auditPercent(of({}))).toBe(25);
    expect(auditPercent(of({ needed: 0 }))).toBe(0);
  });

  it('give the result of an attempt', () => {
    expect(outcomeOf(of({}))).toBe('1 error in 40 audited');
    expect(outcomeOf(of({ status: 'VOID', voidReason: 'NEW_IMAGES' }))).toContain('uploaded');
    expect(outcomeOf(of({ status: 'CANCELLED', spent: false }))).toContain('before any answer');
  });
});
