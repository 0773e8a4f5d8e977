import type { Progress } from './progress';

/** The context that a command runs in. */
export interface CommandContext {
  env: NodeJS.ProcessEnv;
  /** Prints a result on standard output. */
  print: (line: string) => void;
  /** Shows progress on standard error. */
  progress: Progress;
  signal: AbortSignal;
}

export type Command = (args: string[], context: CommandContext) => Promise<void>;

/** The command line is wrong. Usage is printed, and the process ends with status 2. */
export class UsageError extends Error {}
