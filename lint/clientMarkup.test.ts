import { lintTree } from './testing/lintTree';
import { runTimeoutMs } from './testing/run';

const lines = {
  'attribute.tsx': `export const A = (p: { name: string }) => <b dangerouslySetInnerHTML={{ __html: p.name }} />;`,
  'frame.tsx': `export const A = (p: { name: string }) => <iframe srcDoc={p.name} />;`,
  'object.tsx': `export const props = (name: string) => ({ dangerouslySetInnerHTML: { __html: name } });`,
  'element.ts': `export const show = (e: Element, name: string) => { e.innerHTML = name; };`,
  'adjacent.ts': `export const show = (e: Element, name: string) => e.insertAdjacentHTML('beforeend', name);`,
  'evaluated.ts': `export const run = (name: string): unknown => new Function(name);`,
};
const text = `export const A = (p: { name: string }) => <b title={p.name}>{p.name}</b>;`;

/** Scripts in names, as other labelling tools ran them: the client shows names as text only. */
describe('lint of the client', () => {
  let findings: Map<string, string[]>;

  beforeAll(async () => {
    const tree = Object.entries(lines).map(([file, line]) => [`client/components/${file}`, line]);
    findings = await lintTree({
      ...(Object.fromEntries(tree) as Record<string, string>),
      'client/components/text.tsx': text,
    });
  }, runTimeoutMs);

  it.each(Object.keys(lines))('refuses text that becomes markup or code: %s', (file) => {
    const found = findings.get(`client/components/${file}`)?.join() ?? '';
    expect(found).toContain('no-restricted-syntax');
    expect(found).toMatch(/must not become markup|made from text/);
  });

  it('takes text that stays text', () => {
    expect(findings.get('client/components/text.tsx')?.join()).not.toContain(
      'no-restricted-syntax',
    );
  });
});
