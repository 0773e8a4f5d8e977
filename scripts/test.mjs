// Runs every check in one go: lint, words, format, types, generated files, unit, component and
// integration tests, and browser tests. The last line is `N passed, N failed, N skipped`.
import { spawn } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { buildClient, buildServer } from './build.mjs';
import { ensureBrowser } from './browser.mjs';

const root = join(import.meta.dirname, '..');
const results = join(root, 'test-results');
const bin = (name) => join(root, 'node_modules', '.bin', name);
const total = { passed: 0, failed: 0, skipped: 0 };

/** Runs a program. Its output is shown at once if `live`, and otherwise returned. */
function run(command, args, { live = false, env = {} } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: live ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ ok: false, output: String(error) }));
    child.on('close', (code) => resolve({ ok: code === 0, output }));
  });
}

async function check(name, command, args) {
  const start = performance.now();
  const { ok, output } = await run(command, args);
  total[ok ? 'passed' : 'failed']++;
  console.log(
    `${ok ? 'ok    ' : 'FAILED'} ${name} (${Math.round((performance.now() - start) / 1000)} s)`,
  );
  if (!ok) console.log(output);
}

/** Adds the counts that a test runner reported. A runner without a report has failed. */
async function addCounts(file, read) {
  try {
    const counts = read(JSON.parse(await readFile(file, 'utf8')));
    for (const key of Object.keys(total)) total[key] += counts[key];
    return counts;
  } catch (error) {
    console.log(`There are no results in ${file}: ${error.message}`);
    total.failed++;
    return undefined;
  }
}

async function runJest() {
  const outputFile = join(results, 'jest.json');
  const workers = Math.min(4, availableParallelism());
  const { ok } = await run(
    bin('jest'),
    [`--maxWorkers=${workers}`, '--json', `--outputFile=${outputFile}`],
    // The build of the client sets NODE_ENV to production, where React has no `act` for tests.
    { live: true, env: { NODE_ENV: 'test' } },
  );
  const counts = await addCounts(outputFile, (report) => ({
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
    skipped: report.numPendingTests,
  }));
  if (!ok && counts?.failed === 0) total.failed++;
}

async function runBrowserTests() {
  const browser = await ensureBrowser();
  if (!browser.path) {
    console.log(`SKIPPED browser tests: ${browser.reason}`);
    total.skipped++;
    return;
  }
  const { ok } = await run(bin('playwright'), ['test'], {
    live: true,
    env: { LABELLOOP_CHROMIUM: browser.path },
  });
  const counts = await addCounts(join(results, 'playwright.json'), ({ stats }) => ({
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky,
    skipped: stats.skipped,
  }));
  if (!ok && counts?.failed === 0) total.failed++;
}

await mkdir(results, { recursive: true });
await buildServer();
await Promise.all([check('lint', bin('eslint'), ['.']), check('types', bin('tsc'), [])]);
await Promise.all([
  check('words', bin('cspell'), ['lint', '--no-progress', '--no-summary']),
  check('format', bin('prettier'), ['--check', '.', '--log-level', 'warn']),
  check('generated files', process.execPath, [join(root, 'scripts', 'generate.mjs'), '--check']),
  buildClient(),
]);
await runJest();
await runBrowserTests();

console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed > 0 ? 1 : 0);
