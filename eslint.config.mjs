import js from '@eslint/js';
import boundaries from 'eslint-plugin-boundaries';
import reactHooks from 'eslint-plugin-react-hooks';
import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';
import { boundarySettings, productBoundaries, testBoundaries } from './lint/boundaries.mjs';
import { ours } from './lint/plugin.mjs';
import { schemaConfig } from './lint/schema.mjs';

const code = ['**/*.{ts,mts,tsx}'];
const scripts = ['**/*.{mjs,cjs}'];
const product = ['{server,client,shared,models,migrations,bench,demo,e2e}/**/*.{ts,tsx}'];
const tests = ['**/*.test.{ts,tsx}', '{server,client,models}/testing/**/*.{ts,tsx}'];

const noProcessEnv = {
  selector: "MemberExpression[object.name='process'][property.name='env']",
  message: 'Configuration is parsed once, in server/app/config.ts.',
};
const mayReadProcessEnv = [
  'server/app/config.ts',
  ...tests,
  'e2e/**',
  '*.config.ts',
  '*.config.mts',
  'bench/**',
  'models/engine/**',
  'models/cli/**',
];
const noSql = {
  selector: 'CallExpression[callee.property.name=/^(query|createQueryBuilder)$/]',
  message:
    'Services and jobs run no SQL. Move it to a repository, or to a file named after the query.',
};
/** Names of datasets, classes, people and files come from outside. React shows them as text. */
const noMarkupFromText = [
  {
    selector: 'JSXAttribute[name.name=/^(dangerouslySetInnerHTML|srcDoc)$/]',
    message: 'Text from outside must not become markup. Render it as text.',
  },
  {
    selector: 'Property[key.name="dangerouslySetInnerHTML"]',
    message: 'Text from outside must not become markup. Render it as text.',
  },
  {
    selector: 'AssignmentExpression[left.property.name=/^(innerHTML|outerHTML|srcdoc)$/]',
    message: 'Text from outside must not become markup. Set textContent.',
  },
  {
    selector:
      'CallExpression[callee.property.name=/^(insertAdjacentHTML|createContextualFragment|parseFromString)$/]',
    message: 'Text from outside must not become markup. Create elements.',
  },
  {
    selector: 'CallExpression[callee.object.name="document"][callee.property.name=/^write/]',
    message: 'Text from outside must not become markup. Create elements.',
  },
  {
    selector: 'CallExpression[callee.name="eval"], NewExpression[callee.name="Function"]',
    message: 'The Content-Security-Policy forbids code that is made from text.',
  },
];
const noOutsideWorld = {
  group: ['graphql', 'graphql-*', 'type-graphql', '@apollo/*', 'typeorm', 'pg', 'pg-*'],
  message: 'The domain knows neither GraphQL nor SQL. Translate in a resolver or a repository.',
};

/**
 * A regular expression that backtracks takes quadratic or exponential time on a hostile text, and
 * nothing can interrupt it. `potential` reports what the rule cannot prove to be linear.
 */
const linearRegexp = {
  'ours/no-nested-quantifiers': 'error',
  'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
  'regexp/no-super-linear-move': ['error', { report: 'potential', ignorePartial: false }],
};

export default tseslint.config(
  {
    ignores: [
      'dist',
      'data/**',
      'node_modules',
      'coverage',
      'client/gql/operations.ts',
      'test-results',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: [...code, ...scripts],
    extends: [js.configs.recommended],
    plugins: { boundaries, ours },
    rules: { 'ours/reason-for-ignore': 'error' },
  },
  {
    files: code,
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/no-misused-promises': [
        'error',
        { checksVoidReturn: { attributes: false } },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    },
  },
  {
    files: product,
    settings: boundarySettings,
    rules: { 'ours/no-import-cycle': 'error', 'ours/no-module-cycle': 'error' },
  },
  { files: product, ignores: tests, rules: productBoundaries },
  { files: product, ignores: [...tests, 'e2e/**'], plugins: { regexp }, rules: linearRegexp },
  { files: tests, ignores: ['lint/**'], rules: testBoundaries },
  {
    files: code,
    ignores: mayReadProcessEnv,
    rules: { 'no-restricted-syntax': ['error', noProcessEnv] },
  },
  {
    files: ['server/modules/**/*.{service,jobs}.ts'],
    rules: { 'no-restricted-syntax': ['error', noProcessEnv, noSql] },
  },
  {
    files: ['server/domain/**/*.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [noOutsideWorld] }] },
  },
  {
    files: ['client/**/*.{ts,tsx}'],
    ignores: tests,
    rules: { 'no-restricted-syntax': ['error', noProcessEnv, ...noMarkupFromText] },
  },
  { files: ['client/**/*.{ts,tsx}'], extends: [reactHooks.configs.flat['recommended-latest']] },
  schemaConfig,
  {
    files: scripts,
    languageOptions: {
      globals: {
        console: 'readonly',
        process: 'readonly',
        require: 'readonly',
        module: 'readonly',
        __dirname: 'readonly',
        setInterval: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        performance: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
        fetch: 'readonly',
        AbortSignal: 'readonly',
      },
    },
  },
);
