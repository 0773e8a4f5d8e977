import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BackboneContract } from './contract';
import { ContractCache } from './contractCache';

let root: string;
let cache: ContractCache;
const folder = () => join(root, 'contracts');
const sha256 = 'a'.repeat(64);
const contract: BackboneContract = {
  inputName: 'image',
  inputSize: 224,
  takesBytes: false,
  embeddingSize: 1280,
  hasFeatureMap: true,
  description: { name: 'Net' },
};

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'labelloop-contracts-'));
  cache = new ContractCache(folder());
});
afterEach(() => rm(root, { recursive: true }));

test('returns what was written, to other processes too', async () => {
  expect(await cache.read(sha256)).toBeUndefined();
  await Promise.all([cache.write(sha256, contract), cache.write(sha256, contract)]);
  expect(await new ContractCache(folder()).read(sha256)).toEqual(contract);
  expect(await readdir(folder())).toHaveLength(1);
});

test.each(['{"inputName":', '{}', 'null'])('a damaged entry counts as none: %s', async (text) => {
  await cache.write(sha256, contract);
  const [entry = ''] = await readdir(folder());
  await writeFile(join(folder(), entry), text);
  expect(await cache.read(sha256)).toBeUndefined();
  await cache.write(sha256, contract);
  expect(await cache.read(sha256)).toEqual(contract);
});

test('a folder that cannot be made is no error', async () => {
  await writeFile(folder(), 'a file');
  await cache.write(sha256, contract);
  expect(await cache.read(sha256)).toBeUndefined();
});
