import { importGraph, pathOf, visitImports } from '../importGraph.mjs';

const moduleOf = (file) => /^server\/modules\/([^/]+)\//.exec(file)?.[1];
const isTest = (file) => /\.test\.ts$/.test(file);

/** The first import from one server module into another, as [importer, imported]. */
function firstImport(imports, fromModule, toModule) {
  for (const [importer, targets] of imports) {
    if (moduleOf(importer) !== fromModule || isTest(importer)) continue;
    for (const imported of targets)
      if (moduleOf(imported) === toModule) return [importer, imported];
  }
  return undefined;
}

/** Two modules that import each other are one module in two folders. */
export const noMutualModules = {
  meta: {
    type: 'problem',
    schema: [],
    docs: { description: 'No two server modules import each other, imports of types included.' },
    messages: {
      mutual:
        'The modules "{{own}}" and "{{other}}" import each other: ' +
        '{{importer}} imports {{imported}}. ' +
        'Remove one direction: declare a port, record an event, or move the code to its module.',
    },
  },
  create(context) {
    const { imports } = importGraph(context.cwd);
    const own = moduleOf(pathOf(context));
    if (!own || isTest(context.filename)) return {};
    return visitImports(context, (node, file) => {
      const other = moduleOf(file);
      const back = other && other !== own && firstImport(imports, other, own);
      if (!back) return;
      const [importer, imported] = back;
      context.report({ node, messageId: 'mutual', data: { own, other, importer, imported } });
    });
  },
};
