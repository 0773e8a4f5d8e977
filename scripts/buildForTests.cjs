// Runs before all tests: worker threads and child processes start from compiled files there too.
module.exports = async () => {
  const { buildServer } = await import('./build.mjs');
  await buildServer();
};
