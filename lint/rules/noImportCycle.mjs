import { importGraph, pathOf, visitImports } from '../importGraph.mjs';

/** The shortest chain of imports from one file to another, both included; undefined without one. */
function chain(imports, from, to) {
  const cameFrom = new Map([[from, undefined]]);
  for (const file of cameFrom.keys()) {
    if (file === to) {
      const path = [];
      for (let step = to; step; step = cameFrom.get(step)) path.unshift(step);
      return path;
    }
    for (const next of imports.get(file) ?? []) if (!cameFrom.has(next)) cameFrom.set(next, file);
  }
  return undefined;
}

/** Files that import each other cannot be read, tested or moved one at a time. */
export const noImportCycle = {
  meta: {
    type: 'problem',
    schema: [],
    docs: { description: 'No file imports itself through others, imports of types included.' },
    messages: { cycle: 'Import cycle: {{cycle}}. Move what both need into a third file.' },
  },
  create(context) {
    const { imports } = importGraph(context.cwd);
    const importer = pathOf(context);
    return visitImports(context, (node, imported) => {
      const back = chain(imports, imported, importer);
      if (!back) return;
      const cycle = [importer, ...back].join(' -> ');
      context.report({ node, messageId: 'cycle', data: { cycle } });
    });
  },
};
