import js from '@eslint/js';
import boundaries from 'eslint-plugin-boundaries';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const elements = [
  { type: 'shared', pattern: 'shared' },
  { type: 'models', pattern: 'models' },
  { type: 'migrations', pattern: 'migrations' },
  { type: 'server-module', pattern: 'server/modules/*', capture: ['module'] },
  { type: 'server-app', pattern: 'server/app' },
  { type: 'server-base', pattern: 'server/*', capture: ['part'] },
  { type: 'client-feature', pattern: 'client/features/*', capture: ['feature'] },
  { type: 'client-app', pattern: 'client/app' },
  { type: 'client-base', pattern: 'client/*', capture: ['part'] },
  { type: 'measurement', pattern: '(bench|demo|e2e)' },
];
const allow = (...types) => ({ allow: types.map((to) => ({ to })) });
const of = (type, captured) => ({ type, ...(captured && { captured }) });

/** Imports go one way: shared and models know nothing of ours; features never import each other. */
const boundaryRules = [
  { from: of('shared'), ...allow(of('shared')) },
  { from: of('models'), ...allow(of('models')) },
  { from: of('migrations'), ...allow(of('migrations')) },
  {
    from: of('server-base'),
    ...allow(of('server-base'), of('shared'), of('models'), of('migrations')),
  },
  {
    from: of('server-module'),
    ...allow(of('server-module'), of('server-base'), of('shared'), of('models')),
  },
  {
    from: of('server-app'),
    ...allow(
      of('server-app'),
      of('server-module'),
      of('server-base'),
      of('shared'),
      of('models'),
      of('migrations'),
    ),
  },
  { from: of('client-base'), ...allow(of('client-base'), of('shared')) },
  {
    from: of('client-feature'),
    ...allow(
      of('client-feature', { feature: '{{ from.captured.feature }}' }),
      of('client-base'),
      of('shared'),
    ),
  },
  {
    from: of('client-app'),
    ...allow(of('client-app'), of('client-feature'), of('client-base'), of('shared')),
  },
  {
    from: of('measurement'),
    ...allow(
      of('measurement'),
      of('server-app'),
      of('server-base'),
      of('shared'),
      of('models'),
      of('client-base'),
    ),
  },
];

export default tseslint.config(
  {
    ignores: [
      'dist',
      'data',
      'node_modules',
      'coverage',
      'client/gql/operations.ts',
      'test-results',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.{ts,mts,tsx}'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { boundaries, 'import-x': importX },
    settings: {
      'boundaries/elements': elements,
      'boundaries/include': ['{server,client,shared,models,migrations,bench,demo,e2e}/**/*'],
      'boundaries/ignore': ['**/*.test.ts', '**/*.test.tsx', '{server,client}/testing/**'],
      'import/resolver': { node: { extensions: ['.ts', '.tsx', '.js'] } },
      'import-x/resolver-next': [
        createNodeResolver({ extensions: ['.ts', '.tsx', '.js', '.json'] }),
      ],
      'import-x/extensions': ['.ts', '.tsx'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts', '.tsx'] },
      'import-x/external-module-folders': ['node_modules'],
    },
    rules: {
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
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
      'no-restricted-syntax': [
        'error',
        {
          selector: "MemberExpression[object.name='process'][property.name='env']",
          message: 'Configuration is parsed once, in server/app/config.ts.',
        },
      ],
    },
  },
  {
    files: [
      'server/**/*.ts',
      'models/**/*.ts',
      'shared/**/*.ts',
      'client/**/*.{ts,tsx}',
      'migrations/**/*.ts',
      'demo/**/*.ts',
      'bench/**/*.ts',
    ],
    ignores: ['**/*.test.{ts,tsx}', '{server,client}/testing/**'],
    rules: { 'boundaries/dependencies': ['error', { default: 'disallow', rules: boundaryRules }] },
  },
  { files: ['client/**/*.{ts,tsx}'], extends: [reactHooks.configs.flat['recommended-latest']] },
  {
    files: [
      'server/app/config.ts',
      '**/*.test.ts',
      'server/testing/**',
      'e2e/**',
      '*.config.ts',
      '*.config.mts',
      'bench/**',
      'models/engine/**',
      'models/cli/**',
    ],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['**/*.{mjs,cjs}'],
    languageOptions: {
      globals: {
        console: 'readonly',
        process: 'readonly',
        require: 'readonly',
        module: 'readonly',
        __dirname: 'readonly',
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
