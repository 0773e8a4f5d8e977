import { parseArgs } from 'node:util';

export interface DemoOptions {
  /**
   * A folder of folders, each named after the class of its images. Without it, a sample set is
   * drawn.
   */
  images: string | undefined;
  annotators: number;
  budget: number;
  every: number;
  seed: number;
  /** A running server. Without it, the demo starts one in a temporary folder. */
  url: string | undefined;
  json: boolean;
  keep: boolean;
}

/** The command line is not valid. The message says what to write instead. */
export class UsageError extends Error {}

export const help = `npm run demo -- [options]

Labels a folder of images with simulated annotators, through the public API, and measures what comes of it.

  --images DIR     a folder with one folder per class (default: draws a small sample set)
  --annotators N   how many people label at once (default 3)
  --budget N       how many labels they give together (default 500; 120 for the drawn set)
  --every N        a retrain run after this many labels (default 100; 20 for the drawn set)
  --seed N         decides which images are held out (default 1)
  --url URL        use this server instead of starting one, for example http://localhost:4000
  --json           progress to stderr; the last line of stdout is one JSON object
  --keep           keep the temporary folder and the exported zip
  --help           this text
`;

const flags = {
  images: { type: 'string' },
  annotators: { type: 'string' },
  budget: { type: 'string' },
  every: { type: 'string' },
  seed: { type: 'string' },
  url: { type: 'string' },
  json: { type: 'boolean', default: false },
  keep: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/** @throws UsageError */
export function parseOptions(args: readonly string[]): DemoOptions | 'help' {
  const values = parse(args);
  if (values.help) return 'help';
  const drawn = values.images === undefined;
  return {
    images: values.images,
    annotators: wholeNumber('annotators', values.annotators, 3, 1, 100),
    budget: wholeNumber('budget', values.budget, drawn ? 120 : 500, 1, 10_000_000),
    every: wholeNumber('every', values.every, drawn ? 20 : 100, 1, 100_000),
    seed: wholeNumber('seed', values.seed, 1, 0, Number.MAX_SAFE_INTEGER),
    url: values.url === undefined ? undefined : serverUrl(values.url),
    json: values.json,
    keep: values.keep,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags, strict: true }).values;
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split('. ')[0]}.`);
  }
}

function wholeNumber(
  name: string,
  given: string | undefined,
  standard: number,
  min: number,
  max: number,
): number {
  if (given === undefined) return standard;
  const value = Number(given);
  if (!/^\d+$/.test(given) || value < min || value > max)
    throw new UsageError(`--${name} takes a whole number from ${min} to ${max}, not “${given}”.`);
  return value;
}

function serverUrl(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url.origin;
  throw new UsageError(`--url takes an address such as http://localhost:4000, not “${given}”.`);
}
