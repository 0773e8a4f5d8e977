import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { repository, run, runTimeoutMs } from './testing/run';
import { withTree } from './testing/withTree';

const configFile = join(repository, 'cspell.config.yaml');
const { flagWords } = parse(readFileSync(configFile, 'utf8')) as { flagWords: string[] };
/** An entry is a word, or a word and its replacement: `word->replacement`. */
const flagged = flagWords.map((entry) => entry.split('->')[0]!);
const [word] = flagged;
/** In two parts, so that this file passes the check. */
const unknownWord = 'mis' + 'pelt';

const tree = {
  'comments.ts': flagged.map((each) => `// It is ${each} here.`).join('\n'),
  'string.ts': `export const text = '${word}';`,
  'name.ts': `export const ${word}Count = 1;`,
  'document.md': `It is done ${word}.`,
  'schema.graphql': `"""It is done ${word}.""" type Query { a: Int }`,
  'unknown.ts': `// A ${unknownWord} comment.`,
  'plain.ts': '// The softmax of the logits is computed again. Colour, colorScheme.',
  'graphql.ts': `export const kinds = ['FRAGMENT_SPREAD', 'FragmentSpread', 'fragment spread'];`,
};

async function check(root: string) {
  const files = Object.keys(tree);
  const options = ['--no-progress', '--no-summary', '--no-color', '--no-cache'];
  const where = ['--config', configFile, '--root', root];
  const { output } = await run('cspell', ['lint', ...options, ...where, ...files], { cwd: root });
  return output.split('\n').filter(Boolean);
}

describe('the check of words', () => {
  let findings: string[];
  const foundIn = (file: keyof typeof tree) =>
    findings.filter((finding) => finding.startsWith(`${file}:`));

  beforeAll(async () => {
    findings = await withTree(tree, check);
  }, runTimeoutMs);

  it('refuses each flagged word in a comment', () => {
    expect(flagged.length).toBeGreaterThan(30);
    expect(foundIn('comments.ts')).toEqual(
      flagged.map((each) => expect.stringContaining(`Forbidden word (${each})`) as string),
    );
  });

  it('refuses a flagged word in a string, inside a name, in a document and in the schema', () => {
    for (const file of ['string.ts', 'name.ts', 'document.md', 'schema.graphql'] as const)
      expect(foundIn(file)).toEqual([expect.stringContaining(`Forbidden word (${word})`)]);
  });

  it('refuses a word that no dictionary knows', () => {
    expect(foundIn('unknown.ts')).toEqual([
      expect.stringContaining(`Unknown word (${unknownWord})`),
    ]);
  });

  it('passes plain English, terms of the field and both spellings of colour', () => {
    expect(foundIn('plain.ts')).toEqual([]);
  });

  it('passes the fragments of GraphQL', () => {
    expect(foundIn('graphql.ts')).toEqual([]);
  });
});
