import { importGraph, pathOf, shortestPath, visitImports } from '../importGraph.mjs';

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
      const back = shortestPath((file) => imports.get(file) ?? [], imported, importer);
      if (!back) return;
      const cycle = [importer, ...back].join(' -> ');
      context.report({ node, messageId: 'cycle', data: { cycle } });
    });
  },
};
