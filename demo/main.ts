import { runDemo, type Cleanup } from './demo';
import { help, parseOptions, UsageError, type DemoOptions } from './options';
import type { DemoResult } from './result';
import { createView } from './view';

async function main(): Promise<number> {
  const options = readOptions();
  if (typeof options === 'number') return options;
  const view = createView(options.json ? process.stderr : process.stdout);
  const cleanup: Cleanup = [];
  const interrupted = stopOnSignals(cleanup);
  try {
    const result = await runDemo(options, view, cleanup);
    view.close();
    await undo(cleanup);
    process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : summary(result));
    for (const fault of result.faults) process.stderr.write(`${fault}\n`);
    return result.faults.length === 0 ? 0 : 1;
  } catch (error) {
    view.close();
    // After the server was stopped, further failures carry no information.
    if (interrupted()) return 130;
    process.stderr.write(`\nThe demo failed: ${(error as Error).message}\n`);
    await undo(cleanup);
    return 1;
  }
}

function readOptions(): DemoOptions | number {
  try {
    const options = parseOptions(process.argv.slice(2));
    if (options !== 'help') return options;
    process.stdout.write(help);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\nSee npm run demo -- --help.\n`);
    return 2;
  }
}

/** Undoes in reverse order, each step once, even if it is requested twice. */
async function undo(cleanup: Cleanup): Promise<void> {
  for (let step = cleanup.pop(); step; step = cleanup.pop())
    await step().catch((error: Error) =>
      process.stderr.write(`while cleaning up: ${error.message}\n`),
    );
}

/** Cleans up before the process ends. Returns whether a signal asked it to end. */
function stopOnSignals(cleanup: Cleanup): () => boolean {
  let interrupted = false;
  for (const [signal, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)
    process.once(signal, () => {
      interrupted = true;
      void undo(cleanup).finally(() => process.exit(status));
    });
  return () => interrupted;
}

function summary(result: DemoResult): string {
  const accuracy =
    result.accuracy === null ? 'no model' : `${(result.accuracy * 100).toFixed(1)} %`;
  return [
    '',
    `  accuracy on ${result.heldOut} held-out images   ${accuracy}`,
    `  labels and runs              ${result.labels} labels of ${result.images - result.heldOut} images, ${result.runs} runs, ${result.secondsPerRun ?? '–'} s each`,
    `  published to clients, p95    ${result.publishedToClientsMsP95 ?? '–'} ms`,
    `  embedded per second          ${result.imagesPerSecondEmbedded ?? '–'}`,
    `  events missed, doubles       ${result.eventsMissed}, ${result.doubleAssignments}`,
    `  zip                          ${result.exportZip ?? 'checked, and removed'}`,
    '',
  ].join('\n');
}

main().then(
  (status) => (process.exitCode = status),
  (error: Error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exitCode = 1;
  },
);
