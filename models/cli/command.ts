import type { Progress } from './progress';

/** What a command gets to work with. */
export interface CommandContext {
  env: NodeJS.ProcessEnv;
  /** What was asked for, on standard output. */
  print: (line: string) => void;
  /** What is being done, on standard error. */
  progress: Progress;
  signal: AbortSignal;
}

export type Command = (args: string[], context: CommandContext) => Promise<void>;

/** The command line was wrong: usage is printed, and the process ends with 2. */
export class UsageError extends Error {}
