// Compiles what has changed: TypeScript for Node with swc into dist/, the client with Vite into
// dist/client. Usage: `node scripts/build.mjs [server|client]`; without an argument it builds both.
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transform } from '@swc/core';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const serverFolders = ['server', 'shared', 'models', 'migrations', 'bench', 'demo'];
const clientInputs = ['client', 'shared', 'vite.config.mts', 'package-lock.json'];

async function* filesIn(path) {
  const info = await stat(path).catch(() => undefined);
  if (!info) return;
  if (info.isFile()) {
    yield path;
    return;
  }
  for (const entry of await readdir(path)) yield* filesIn(join(path, entry));
}

const isCompiled = (file) => file.endsWith('.ts') && !/\.(test|d)\.ts$/.test(file);
const isTestFile = (file) => /\.test\.tsx?$/.test(file) || file.includes(join('client', 'testing'));
const outputOf = (file) => join(dist, relative(root, file).replace(/\.ts$/, '.js'));

async function compile(file, options) {
  const source = await stat(file);
  const output = outputOf(file);
  const built = await stat(output).catch(() => undefined);
  if (built && Math.trunc(built.mtimeMs) === Math.trunc(source.mtimeMs)) return false;
  const { code, map } = await transform(await readFile(file, 'utf8'), {
    ...options,
    filename: file,
    sourceFileName: file,
    swcrc: false,
  });
  await mkdir(dirname(output), { recursive: true });
  await writeFile(`${output}.map`, map);
  const staging = `${output}.${process.pid}`;
  await writeFile(staging, `${code}\n//# sourceMappingURL=${output.split('/').pop()}.map\n`);
  await utimes(staging, source.atime, source.mtime);
  // A process that runs the old output meanwhile must not read half of the new one.
  await rename(staging, output);
  return true;
}

/** Removes outputs whose source was deleted: a deleted migration or job must not run again. */
async function removeOrphans(outputs) {
  for (const folder of serverFolders)
    for await (const file of filesIn(join(dist, folder)))
      if (file.endsWith('.js') && !outputs.has(file)) await rm(file);
}

export async function buildServer() {
  const options = JSON.parse(await readFile(join(root, '.swcrc'), 'utf8'));
  const outputs = new Set();
  const pending = [];
  for (const folder of serverFolders)
    for await (const file of filesIn(join(root, folder)))
      if (isCompiled(file)) {
        outputs.add(outputOf(file));
        pending.push(compile(file, options));
      }
  const compiled = (await Promise.all(pending)).filter(Boolean).length;
  await removeOrphans(outputs);
  return compiled;
}

async function clientFingerprint() {
  const hash = createHash('sha256');
  for (const input of clientInputs)
    for await (const file of filesIn(join(root, input)))
      if (!isTestFile(file)) hash.update(relative(root, file)).update(await readFile(file));
  return hash.digest('hex');
}

export async function buildClient() {
  const fingerprint = await clientFingerprint();
  const stamp = join(dist, 'client', '.fingerprint');
  if ((await readFile(stamp, 'utf8').catch(() => '')) === fingerprint) return false;
  const { build } = await import('vite');
  await build({
    root: join(root, 'client'),
    configFile: join(root, 'vite.config.mts'),
    logLevel: 'warn',
  });
  await writeFile(stamp, fingerprint);
  return true;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const only = process.argv[2];
  if (only !== 'client') await buildServer();
  if (only !== 'server') await buildClient();
}
