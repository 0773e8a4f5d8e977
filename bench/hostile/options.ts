import { parseArgs } from 'node:util';
import { MissingMaterial } from '../material';
import { familyNames, type Choice } from './attack/plan';

export const hostileUsage =
  'npm run bench -- hostile [--seed N] [--only FAMILY] [--queries N] [--files N]';

const defaults = { seed: 1, queries: 420, files: 420 } as const;

function wholeNumber(what: keyof typeof defaults, text: string | undefined): number {
  if (text === undefined) return defaults[what];
  if (!/^\d{1,9}$/.test(text))
    throw new MissingMaterial(`--${what} takes a whole number, not ${text}\n${hostileUsage}`);
  return Number(text);
}

/** @throws MissingMaterial with a message that names the wrong option */
export function readHostileOptions(args: readonly string[]): Choice {
  const text = { type: 'string' } as const;
  const parse = () =>
    parseArgs({ args: [...args], options: { seed: text, only: text, queries: text, files: text } })
      .values;
  let values: ReturnType<typeof parse>;
  try {
    values = parse();
  } catch (error) {
    throw new MissingMaterial(`${(error as Error).message}\n${hostileUsage}`);
  }
  const { only } = values;
  if (only !== undefined && !familyNames().some((name) => name.startsWith(only)))
    throw new MissingMaterial(
      `There is no family ${only}; there are:\n  ${familyNames().join('\n  ')}`,
    );
  return {
    seed: wholeNumber('seed', values.seed),
    only,
    queries: wholeNumber('queries', values.queries),
    files: wholeNumber('files', values.files),
  };
}
