const swc = JSON.parse(require('node:fs').readFileSync(`${__dirname}/.swcrc`, 'utf8'));

/** In Jest `import()` requires, as it does everything else there. */
const dynamic = { ...swc.module, ignoreDynamic: false };

const common = {
  transform: {
    '^.+\\.ts$': ['@swc/jest', { ...swc, module: dynamic, swcrc: false }],
    // An ES module only, which Jest cannot import on every Node version that we support.
    'h5wasm/dist/esm/.+\\.js$': ['@swc/jest', { module: dynamic, swcrc: false }],
  },
  transformIgnorePatterns: ['/node_modules/(?!h5wasm/)'],
  moduleNameMapper: { '^h5wasm$': '<rootDir>/node_modules/h5wasm/dist/esm/hdf5_hl.js' },
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  testEnvironment: '<rootDir>/models/testing/onnxEnvironment.cjs',
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/data/'],
  setupFiles: ['reflect-metadata'],
};

/** Unit tests need nothing; integration tests share one real PostgreSQL, each file in its own database. */
module.exports = {
  testTimeout: 30_000,
  globalSetup: '<rootDir>/scripts/buildForTests.cjs',
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['<rootDir>/{models,shared,server,client,demo,bench}/**/*.test.ts'],
      testPathIgnorePatterns: ['\\.integration\\.test\\.ts$'],
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
