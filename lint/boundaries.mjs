/**
 * Which folder may import which. `docs/ARCHITECTURE.md` explains the layout; these rules
 * enforce it. An import of a type counts like any other import.
 */

const folder = (type, pattern, capture) => ({ type, pattern, capture, partialMatch: false });

/** The first match counts, so a folder stands above the folder that contains it. */
const elements = [
  folder('shared', 'shared'),
  folder('model-area', 'models/training/deep'),
  folder('model-area', 'models/*'),
  folder('models', 'models'),
  folder('migrations', 'migrations'),
  folder('server-module', 'server/modules/*', ['module']),
  folder('server-app', 'server/app'),
  folder('server-domain', 'server/domain'),
  folder('server-base', 'server/*', ['part']),
  folder('client-feature', 'client/features/*', ['feature']),
  folder('client-app', 'client/app'),
  folder('client-base', 'client/*', ['part']),
  folder('measurement', '(bench|demo|e2e)'),
];

/** The first match counts here too. Only the front of a module or an area is public. */
const files = [
  { category: 'front', pattern: 'server/modules/**/*.{service,ports,type,events}.ts' },
  { category: 'front', pattern: '{models/*,models/training/deep}/{index,tensorflow}.ts' },
  { category: 'private', pattern: '**/*' },
];

const element = (...types) => ({ element: { type: types.length > 1 ? types : types[0] } });

const models = ['models', 'model-area'];
const serverBase = ['server-base', 'server-domain'];

/** A folder that is not listed here imports nothing of ours. */
const mayImport = {
  shared: ['shared'],
  models,
  'model-area': models,
  migrations: ['migrations'],
  'server-domain': ['shared'],
  'server-base': [...serverBase, 'shared', ...models, 'migrations'],
  'server-module': ['server-module', ...serverBase, 'shared', ...models],
  'server-app': ['server-module', ...serverBase, 'shared', ...models, 'migrations'],
  'client-base': ['client-base', 'shared'],
  'client-feature': ['client-base', 'shared'],
  'client-app': ['client-feature', 'client-base', 'shared'],
  measurement: ['measurement', 'server-app', ...serverBase, 'shared', ...models, 'client-base'],
};

const fromOutsideModels = { element: { type: ['!(models|model-area)'] } };

const privateModelFile = {
  from: fromOutsideModels,
  disallow: { to: { ...element('model-area'), file: { categories: 'private' } } },
  message:
    '{{to.element.fileInternalPath}} is private to {{to.element.path}}. ' +
    'Import from "{{to.element.path}}", and export what is missing in its index.ts.',
};

const privateModuleFile = {
  from: element('server-module'),
  disallow: {
    to: { ...element('server-module'), file: { categories: 'private' } },
  },
  message:
    '{{to.element.fileInternalPath}} is private to the module "{{to.element.captured.module}}". ' +
    'Other modules import only its *.service.ts, *.ports.ts, *.type.ts and *.events.ts.',
};

const testHelperOfModels = {
  from: { element: { type: ['!measurement'] } },
  disallow: { to: { element: { path: '**/models/testing' } } },
  message: 'models/testing is for tests, bench and demo.',
};

const settings = {
  'boundaries/elements': elements,
  'boundaries/files': files,
  'boundaries/files-single-match': true,
  'boundaries/include': ['{server,client,shared,models,migrations,bench,demo,e2e}/**/*'],
  'boundaries/dependency-nodes': ['import', 'export', 'require', 'dynamic-import'],
  'boundaries/additional-dependency-nodes': [
    { selector: 'TSImportType > Literal', kind: 'type', name: 'import' },
  ],
  'boundaries/legacy-templates': false,
  'import/resolver': { node: { extensions: ['.ts', '.tsx', '.js'] } },
};

/** Rules for the code of the product, bench, demo and browser tests. */
const productRules = [
  'error',
  {
    default: 'disallow',
    message: '{{from.element.path}} must not import {{to.element.path}}.',
    policies: [
      ...Object.entries(mayImport).map(([from, to]) => ({
        from: element(from),
        allow: { to: element(...to) },
      })),
      privateModelFile,
      privateModuleFile,
      testHelperOfModels,
    ],
  },
];

/** Tests and their kits set up a whole server, so they import any folder, but no private models. */
const testRules = ['error', { default: 'allow', policies: [privateModelFile] }];

export const boundarySettings = settings;
export const productBoundaries = { 'boundaries/dependencies': productRules };
export const testBoundaries = { 'boundaries/dependencies': testRules };
