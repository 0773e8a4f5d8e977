import { chmod, chown, mkdtemp, readFile, readdir } from 'node:fs/promises';
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unprivilegedAccount } from '../../database/postgresBinaries';
import { unpack } from './archive';
import type { BrowserFixture } from './browserScene';
import type { Answer } from './calls';
import type { DatasetState, EventRead } from './readDataset';

export const fixtureFiles = {
  home: 'home.br',
  expected: 'expected.json',
  browser: 'browser.json',
} as const;

/** Placeholder for the folder in which the fixture was made. */
export const homeMark = '{{home}}';
/** A training that was stopped names its files by absolute paths. */
export const isRelocated = (path: string) => path.endsWith('/task.json');

/** What the release answered before it stopped. */
export interface Expected {
  scenes: Record<'colours' | 'networks' | 'waiting' | 'offline', string>;
  datasets: Record<string, DatasetState>;
  /** SHA-256 of image and thumbnail, by dataset and image. */
  files: Record<string, Record<string, string[]>>;
  /** SHA-256 by export and path in the zip. */
  exports: Record<string, Record<string, string>>;
  answers: Answer[];
  events: { after: string; events: EventRead[] };
}

export interface Fixture {
  /** Holds `data`, the data folder, and `backbones`. */
  home: string;
  expected: Expected;
  browser: BrowserFixture;
}

const fixturesFolder = join(__dirname, '..', '..', '..', 'e2e', 'fixtures', 'upgrade');

/** The releases that there are fixtures of. */
export const fixtureNames = (): string[] => readdirSync(fixturesFolder).sort();

/** Restores the data folder of a release to a temporary folder. */
export async function restoreFixture(name: string): Promise<Fixture> {
  const folder = join(fixturesFolder, name);
  const home = await mkdtemp(join(tmpdir(), 'labelloop-upgrade-'));
  // PostgreSQL may run as another account, which has to enter its folder in here.
  await chmod(home, 0o755);
  await unpack(await readFile(join(folder, fixtureFiles.home)), home, (path, bytes) =>
    isRelocated(path) ? Buffer.from(bytes.toString().replaceAll(homeMark, home)) : bytes,
  );
  await giveToPostgres(join(home, 'data', 'postgres'));
  const json = async <T>(file: string) =>
    JSON.parse(await readFile(join(folder, file), 'utf8')) as T;
  return {
    home,
    expected: await json<Expected>(fixtureFiles.expected),
    browser: await json<BrowserFixture>(fixtureFiles.browser),
  };
}

/** As root, PostgreSQL runs as another account, which has to own its files. */
async function giveToPostgres(folder: string): Promise<void> {
  const account = unprivilegedAccount();
  if (!account || !existsSync(folder)) return;
  const { uid, gid } = account;
  for (const entry of await readdir(folder, { recursive: true }))
    await chown(join(folder, entry), uid, gid);
  await chown(folder, uid, gid);
}
