import { lintTree } from './testing/lintTree';
import { runTimeoutMs } from './testing/run';

const tree = {
  // The pattern that a file of 210 bytes once stopped the server with.
  'server/modules/images/exponential.ts':
    'export const isSvg = (text: string) => /^(<!--.*?-->|\\s)*<svg/is.test(text);',
  'server/domain/words.ts':
    'export const isSpaced = (text: string) => /^\\s*(a|\\s)*<svg/.test(text);',
  'client/lib/dynamic.ts': 'export const matches = (pattern: string) => new RegExp(pattern);',
  'models/onnx/quadratic.ts': `export const cut = (name: string) => name.replace(/[. ]+$/, '');`,
  'client/lib/polynomial.ts': 'export const isPair = (text: string) => /^a*b?a*$/.test(text);',
  'shared/linear.ts': 'export const isColor = (text: string) => /^#[0-9a-f]{6}$/.test(text);',
  'shared/words.ts': `export const words = (text: string) => text.trim().split(/\\s+/);`,
  // A test chooses its own texts.
  'server/modules/images/own.test.ts':
    'export const isPair = (text: string) => /^a*b?a*$/.test(text);',
};

describe('the lint rules on regular expressions', () => {
  let findings: Map<string, string[]>;
  const foundIn = (file: keyof typeof tree) => findings.get(file)?.join('\n');

  beforeAll(async () => {
    findings = await lintTree(tree);
  }, runTimeoutMs);

  it('refuse exponential and polynomial backtracking', () => {
    expect(foundIn('server/modules/images/exponential.ts')).toContain('ours/no-nested-quantifiers');
    expect(foundIn('server/domain/words.ts')).toContain('regexp/no-super-linear-backtracking');
    expect(foundIn('client/lib/polynomial.ts')).toContain('regexp/no-super-linear-backtracking');
  });

  it('refuse a search that starts again at every place', () => {
    expect(foundIn('models/onnx/quadratic.ts')).toContain('regexp/no-super-linear-move');
  });

  it('refuse a pattern that they cannot read', () => {
    expect(foundIn('client/lib/dynamic.ts')).toContain('ours/no-nested-quantifiers');
  });

  it('allow what takes linear time, and anything in tests', () => {
    expect(foundIn('shared/linear.ts')).toBe('');
    expect(foundIn('shared/words.ts')).toBe('');
    expect(foundIn('server/modules/images/own.test.ts')).toBe('');
  });
});
