// Before any test: threads and processes of their own begin with compiled files, also in tests.
module.exports = async () => {
  const { buildServer } = await import('./build.mjs');
  await buildServer();
};
