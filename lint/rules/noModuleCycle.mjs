import { importGraph, pathOf, shortestPath, visitImports } from '../importGraph.mjs';

const moduleOf = (file) => /^server\/modules\/([^/]+)\//.exec(file)?.[1];
const isTest = (file) => /\.test\.ts$/.test(file);

const graphs = new WeakMap();

/** The imports between modules: for each module the modules that it imports, with one example. */
function moduleGraph(imports) {
  const known = graphs.get(imports);
  if (known) return known;
  const graph = new Map();
  for (const [importer, targets] of imports) {
    const from = moduleOf(importer);
    if (!from || isTest(importer)) continue;
    const imported = graph.get(from) ?? new Map();
    graph.set(from, imported);
    for (const target of targets) {
      const to = moduleOf(target);
      if (to && to !== from && !imported.has(to)) imported.set(to, `${importer} imports ${target}`);
    }
  }
  graphs.set(imports, graph);
  return graph;
}

/** Modules that import each other, directly or through others, are one module in several folders. */
export const noModuleCycle = {
  meta: {
    type: 'problem',
    schema: [],
    docs: {
      description: 'No server module imports itself through others, imports of types included.',
    },
    messages: {
      cycle:
        'Modules import each other: {{cycle}}. {{example}}. ' +
        'Remove one direction: declare a port, record an event, or move the code to its module.',
    },
  },
  create(context) {
    const graph = moduleGraph(importGraph(context.cwd).imports);
    const own = moduleOf(pathOf(context));
    if (!own || isTest(context.filename)) return {};
    return visitImports(context, (node, file) => {
      const other = moduleOf(file);
      if (!other || other === own) return;
      const back = shortestPath((one) => graph.get(one)?.keys() ?? [], other, own);
      if (!back) return;
      const example = graph.get(back.at(-2)).get(own);
      const cycle = [own, ...back].join(' -> ');
      context.report({ node, messageId: 'cycle', data: { cycle, example } });
    });
  },
};
