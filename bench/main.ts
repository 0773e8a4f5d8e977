import { benchActions } from './actions';
import { benchBuiltin } from './builtin';
import { benchConsensus } from './consensus';
import { benchDeep } from './deep';
import { benchCalibrate } from './calibrate';
import { benchCaltech } from './caltech';
import { benchCertify } from './certify';
import { benchEmbed } from './embed';
import { benchHead } from './head';
import { benchHostile } from './hostile/hostile';
import { MissingMaterial } from './material';
import { benchQuantise } from './quantise';
import { benchRescore } from './rescore';
import { benchSearch } from './search';
import { benchRun } from './run';
import { benchSimulate } from './simulate';

/** A benchmark prints what it does and resolves to the figures of its last line. */
type Measurement = (flag?: string) => Promise<Record<string, unknown>>;

const measurements: Readonly<Record<string, Measurement>> = {
  actions: benchActions,
  builtin: benchBuiltin,
  calibrate: benchCalibrate,
  caltech: benchCaltech,
  consensus: benchConsensus,
  certify: benchCertify,
  deep: benchDeep,
  embed: benchEmbed,
  head: benchHead,
  quantise: benchQuantise,
  rescore: benchRescore,
  search: benchSearch,
  run: benchRun,
};

/** Benchmarks that read their own options. */
const withOptions: Readonly<Record<string, (args: readonly string[]) => ReturnType<Measurement>>> =
  { hostile: benchHostile, simulate: benchSimulate };

function findMeasurement(name = '') {
  if (Object.hasOwn(withOptions, name)) return withOptions[name];
  const measure = Object.hasOwn(measurements, name) ? measurements[name] : undefined;
  return measure && (([flag]: readonly string[]) => measure(flag));
}

async function main(name: string | undefined, args: readonly string[]): Promise<number> {
  const measure = findMeasurement(name);
  if (!measure) {
    const names = [...Object.keys(measurements), ...Object.keys(withOptions)].sort();
    console.error(`npm run bench -- NAME, where NAME is: ${names.join(', ')}`);
    return 2;
  }
  try {
    console.log(JSON.stringify(await measure(args)));
    return 0;
  } catch (error) {
    if (!(error instanceof MissingMaterial)) throw error;
    console.error(error.message);
    return 2;
  }
}

void main(process.argv[2], process.argv.slice(3)).then((code) => (process.exitCode = code));
