import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, relative, sep } from 'node:path';
import ts from 'typescript';

const folders = ['shared', 'models', 'migrations', 'server', 'client', 'bench', 'demo', 'e2e'];

/** In an editor, lint runs for hours: the graph is read again once it is this old. */
const maxAgeMs = 30_000;
const graphs = new Map();

const toPosix = (path) => path.split(sep).join('/');

function sourceFiles(root, folder) {
  try {
    return readdirSync(join(root, folder), { recursive: true })
      .filter((file) => /\.tsx?$/.test(file))
      .map((file) => `${folder}/${toPosix(file)}`);
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}

/** Finds the file that a relative import names; packages and style sheets give undefined. */
function resolveIn(files, importer, specifier) {
  if (!specifier.startsWith('.')) return undefined;
  // An import that Node.js resolves names the compiled file.
  const path = posix.join(posix.dirname(importer), specifier.replace(/\.js$/, ''));
  return [path, `${path}.ts`, `${path}.tsx`, `${path}/index.ts`].find((file) => files.has(file));
}

function build(root) {
  const files = new Set(folders.flatMap((folder) => sourceFiles(root, folder)));
  const imports = new Map();
  for (const file of files) {
    const { importedFiles } = ts.preProcessFile(readFileSync(join(root, file), 'utf8'));
    const found = importedFiles.map(({ fileName }) => resolveIn(files, file, fileName));
    imports.set(file, new Set(found.filter(Boolean)));
  }
  return { builtAt: Date.now(), files, imports };
}

/**
 * Reads who imports whom in our source below `root`: imports of types, exports from another file
 * and `import()` included. Paths are relative to the root and separated by slashes.
 */
export function importGraph(root) {
  const known = graphs.get(root);
  if (known && Date.now() - known.builtAt < maxAgeMs) return known;
  const graph = build(root);
  graphs.set(root, graph);
  return graph;
}

export const pathOf = (context) => toPosix(relative(context.cwd, context.filename));

/** Calls `check(node, file)` for every import in the linted file that names a file of ours. */
export function visitImports(context, check) {
  const { files } = importGraph(context.cwd);
  const importer = pathOf(context);
  const visit = ({ source }) => {
    if (typeof source?.value !== 'string') return;
    const imported = resolveIn(files, importer, source.value);
    if (imported) check(source, imported);
  };
  return {
    ImportDeclaration: visit,
    ExportNamedDeclaration: visit,
    ExportAllDeclaration: visit,
    ImportExpression: visit,
    TSImportType: visit,
  };
}

/** Returns the shortest path from one node to another, both included. Undefined without one. */
export function shortestPath(nextOf, from, to) {
  const cameFrom = new Map([[from, undefined]]);
  for (const node of cameFrom.keys()) {
    if (node === to) {
      const path = [];
      for (let step = to; step; step = cameFrom.get(step)) path.unshift(step);
      return path;
    }
    for (const next of nextOf(node)) if (!cameFrom.has(next)) cameFrom.set(next, node);
  }
  return undefined;
}
