import { ModelInputError } from '../errors';
import { UsageError, type CommandContext } from './command';
import { commands, usage } from './commands';
import { Progress, type Output } from './progress';

export interface RunOptions {
  env: NodeJS.ProcessEnv;
  stdout: Output;
  stderr: Output;
  signal: AbortSignal;
}

/** Errors of parseArgs have a code and are the caller's mistake. */
const isUsage = (error: unknown): error is Error =>
  error instanceof UsageError ||
  String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS');

function fail(error: unknown, { stderr, signal }: RunOptions): number {
  if (isUsage(error)) {
    stderr.write(`${error.message}\n\n${usage}\n`);
    return 2;
  }
  if (signal.aborted) {
    stderr.write('Stopped. The same command continues the download.\n');
    return 1;
  }
  if (error instanceof ModelInputError && error.code === 'DOWNLOAD') {
    stderr.write(`${error.message}\n`);
    stderr.write('Try again later, or download the file in another way: pull ID --from FILE\n');
    return 1;
  }
  // Unexpected errors keep their stack trace.
  const known = error instanceof ModelInputError;
  stderr.write(`${known ? error.message : ((error as Error).stack ?? String(error))}\n`);
  return 1;
}

/** Runs a command line and resolves to the exit code: 0, 1 for a failure, 2 for wrong usage. */
export async function run(args: readonly string[], options: RunOptions): Promise<number> {
  const [name = '', ...rest] = args;
  const { env, stdout, stderr, signal } = options;
  if (['help', '--help', '-h'].includes(name)) {
    stdout.write(`${usage}\n`);
    return 0;
  }
  const progress = new Progress(stderr);
  const print = (line: string) => {
    progress.finish();
    stdout.write(`${line}\n`);
  };
  const context: CommandContext = { env, print, progress, signal };
  try {
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (!command) throw new UsageError(name ? `there is no command ${name}` : 'name a command');
    await command(rest, context);
    return 0;
  } catch (error) {
    progress.finish();
    return fail(error, options);
  }
}
