import { homedir } from 'node:os';
import { basename, delimiter, isAbsolute, join, resolve } from 'node:path';

/** The variables that say where files go; documented in docs/configuration.md. */
interface Environment {
  LABELLOOP_CACHE?: string | undefined;
  LABELLOOP_MODELS?: string | undefined;
  LABELLOOP_BACKBONES?: string | undefined;
  LABELLOOP_SHARED?: string | undefined;
  XDG_CACHE_HOME?: string | undefined;
}

/** Where downloads and other files that can be had again lie: outside any checkout. */
export function cacheFolder(env: Environment): string {
  if (env.LABELLOOP_CACHE) return resolve(env.LABELLOOP_CACHE);
  // A relative path is to be ignored, says the XDG base directory specification.
  const xdg = env.XDG_CACHE_HOME;
  const base = xdg && isAbsolute(xdg) ? xdg : join(homedir(), '.cache');
  return join(base, 'labelloop');
}

/** Where `npm run models` keeps backbones, and the server looks for them. */
export const modelsFolder = (env: Environment): string =>
  env.LABELLOOP_MODELS ? resolve(env.LABELLOOP_MODELS) : join(cacheFolder(env), 'models');

/** The folder of the backbone that comes with this repository: beside the source, not the build. */
function builtInFolder(): string {
  const root = resolve(__dirname, '..', '..');
  return join(basename(root) === 'dist' ? resolve(root, '..') : root, 'models', 'weights');
}

/** Where backbones are looked for: where two folders hold one id, the first wins. */
export function backboneFolders(env: Environment): string[] {
  const named = (env.LABELLOOP_BACKBONES ?? '').split(delimiter).filter(Boolean);
  const shared = env.LABELLOOP_SHARED || join('..', 'shared');
  return [
    ...named.map((folder) => resolve(folder)),
    modelsFolder(env),
    resolve(shared, 'models'),
    builtInFolder(),
  ];
}
