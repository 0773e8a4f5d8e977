import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  defaultSettings,
  makeCompactBackbone,
  type RecipeSettings,
} from '../training/distil/recipe';
import { UsageError, type Command } from './command';

const text = { type: 'string' } as const;
const names = Object.keys(defaultSettings) as (keyof RecipeSettings)[];

function numberOf(name: string, given: string): number {
  const value = Number(given);
  if (given.trim() !== '' && value >= 0) return value;
  throw new UsageError(`--${name} takes a number from 0 up, not “${given}”`);
}

function settingsOf(values: Partial<Record<string, string>>): RecipeSettings {
  const settings = { ...defaultSettings };
  for (const name of names) {
    const given = values[name];
    if (given !== undefined) settings[name] = numberOf(name, given);
  }
  return settings;
}

/**
 * Makes the built-in backbone again. Writes `labelloop-compact.onnx` and a record of every setting,
 * the hashes of teacher, photos and weights, and the difference between the two networks.
 */
export const distil: Command = async (args, { print, progress, signal }) => {
  const settings = Object.fromEntries(names.map((name) => [name, text]));
  const { values } = parseArgs({
    args,
    options: { teacher: text, images: text, out: text, threads: text, ...settings },
  });
  const { teacher, images, out, threads = '0', ...rest } = values;
  if (!teacher || !images || !out) throw new UsageError('give --teacher, --images and --out');
  const { file, record } = await makeCompactBackbone({
    teacher,
    images,
    settings: settingsOf(rest),
    threads: numberOf('threads', threads),
    onProgress: (line) => progress.say(line),
    signal,
  });
  const target = join(out, 'labelloop-compact');
  await writeFile(`${target}.onnx`, file);
  await writeFile(`${target}.json`, `${JSON.stringify(record, null, 2)}\n`);
  print(`${target}.onnx: ${(file.length / 2 ** 20).toFixed(1)} MiB, sha256 ${record.sha256}`);
};
