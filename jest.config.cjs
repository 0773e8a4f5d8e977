const swc = JSON.parse(require('node:fs').readFileSync(`${__dirname}/.swcrc`, 'utf8'));

/** In Jest, `import()` becomes `require()`, as every other import does. */
const dynamic = { ...swc.module, ignoreDynamic: false };

const common = {
  transform: {
    '^.+\\.ts$': ['@swc/jest', { ...swc, module: dynamic, swcrc: false }],
    // h5wasm is an ES module, which Jest cannot import on every Node version that we support.
    'h5wasm/dist/esm/.+\\.js$': ['@swc/jest', { module: dynamic, swcrc: false }],
  },
  transformIgnorePatterns: ['/node_modules/(?!h5wasm/)'],
  moduleNameMapper: { '^h5wasm$': '<rootDir>/node_modules/h5wasm/dist/esm/hdf5_hl.js' },
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  testEnvironment: '<rootDir>/models/testing/onnxEnvironment.cjs',
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/data/'],
  setupFiles: ['reflect-metadata'],
};

/** React files: JSX without an import of React. */
const withJsx = {
  ...swc,
  jsc: {
    ...swc.jsc,
    parser: { ...swc.jsc.parser, tsx: true },
    transform: { ...swc.jsc.transform, react: { runtime: 'automatic' } },
  },
  module: dynamic,
  swcrc: false,
};

/**
 * Unit tests need no service, and component tests run in jsdom. Integration tests share one real
 * PostgreSQL, where each file has its own database.
 */
module.exports = {
  testTimeout: 30_000,
  globalSetup: '<rootDir>/scripts/buildForTests.cjs',
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['<rootDir>/{models,shared,server,client,demo,bench,lint}/**/*.test.ts'],
      testPathIgnorePatterns: ['\\.integration\\.test\\.ts$'],
    },
    {
      ...common,
      displayName: 'client',
      testMatch: ['<rootDir>/client/**/*.test.tsx'],
      transform: { ...common.transform, '^.+\\.tsx$': ['@swc/jest', withJsx] },
      // A class of a CSS module is its own name in tests.
      moduleNameMapper: { ...common.moduleNameMapper, '\\.css$': 'identity-obj-proxy' },
      moduleFileExtensions: ['tsx', ...common.moduleFileExtensions],
      testEnvironment: 'jest-environment-jsdom',
      // The builds for Node: those for a bundler are ES modules.
      testEnvironmentOptions: { customExportConditions: ['node', 'require', 'default'] },
      setupFiles: ['<rootDir>/client/testing/setup.ts'],
    },
    {
      ...common,
      displayName: 'integration',
      testMatch: ['<rootDir>/**/*.integration.test.ts'],
      globalSetup: '<rootDir>/server/testing/postgres.setup.ts',
      globalTeardown: '<rootDir>/server/testing/postgres.teardown.ts',
    },
  ],
};
