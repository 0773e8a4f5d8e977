import { homedir } from 'node:os';
import { basename, delimiter, isAbsolute, join, resolve } from 'node:path';

/** The variables that set the folders, documented in docs/configuration.md. */
interface Environment {
  LABELLOOP_CACHE?: string | undefined;
  LABELLOOP_MODELS?: string | undefined;
  LABELLOOP_BACKBONES?: string | undefined;
  LABELLOOP_SHARED?: string | undefined;
  XDG_CACHE_HOME?: string | undefined;
}

/**
 * Returns the folder for downloads and other files that can be made again, outside any checkout.
 */
export function cacheFolder(env: Environment): string {
  if (env.LABELLOOP_CACHE) return resolve(env.LABELLOOP_CACHE);
  // The XDG base directory specification says to ignore a relative path.
  const xdg = env.XDG_CACHE_HOME;
  const base = xdg && isAbsolute(xdg) ? xdg : join(homedir(), '.cache');
  return join(base, 'labelloop');
}

/** Returns the folder where `npm run models` stores backbones and the server finds them. */
export const modelsFolder = (env: Environment): string =>
  env.LABELLOOP_MODELS ? resolve(env.LABELLOOP_MODELS) : join(cacheFolder(env), 'models');

/** Returns the folder of the built-in backbone, beside the source, not the build. */
function builtInFolder(): string {
  const root = resolve(__dirname, '..', '..');
  return join(basename(root) === 'dist' ? resolve(root, '..') : root, 'models', 'weights');
}

/** Lists the folders that are searched for backbones. If two hold the same id, the first wins. */
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
