import 'reflect-metadata';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { corpusOf, fuzz } from './fuzz';
import { fuzzTargets, type FuzzTargetName } from './targets';

/** `npm run fuzz -- TARGET… --minutes N --seed TEXT`: the nightly form, see CONTRIBUTING.md. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' } },
  });
  const known = Object.keys(fuzzTargets);
  const targets = positionals.length > 0 ? positionals : known;
  const unknown = targets.find((target) => !known.includes(target));
  const minutes = Number(values.minutes);
  if (unknown || !(minutes > 0)) {
    console.error(
      `${unknown ?? values.minutes}: give targets of ${known.join(', ')}, and --minutes above 0.`,
    );
    return 2;
  }
  let findings = 0;
  for (const target of targets as FuzzTargetName[]) {
    const seed = values.seed ?? randomBytes(8).toString('hex');
    const { inputs, finding } = await fuzz({ target, seed, seconds: minutes * 60 });
    console.log(`${target}: ${inputs} inputs with the seed ${seed}`);
    if (!finding) continue;
    findings++;
    const name = createHash('sha256').update(finding.input).digest('hex').slice(0, 16);
    await mkdir(corpusOf(target), { recursive: true });
    const file = join(corpusOf(target), name);
    await writeFile(file, finding.input);
    console.log(
      `FOUND ${finding.reason}\nThe input is kept in ${file}. Fix the parser and commit both.`,
    );
  }
  return findings > 0 ? 1 : 0;
}

void main().then((code) => process.exit(code));
