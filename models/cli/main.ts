import { run } from './run';

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
process.once('SIGTERM', () => stop.abort());

const { env, stdout, stderr } = process;
void run(process.argv.slice(2), { env, stdout, stderr, signal: stop.signal }).then((code) => {
  process.exitCode = code;
});
