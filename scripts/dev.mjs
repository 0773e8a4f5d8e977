// Runs the product for development: the server restarts and the browser reloads when files change.
import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { createServer } from 'vite';
import { buildServer } from './build.mjs';

const root = join(import.meta.dirname, '..');
const settleMs = 150;
let server;
let pending;

function start() {
  server = spawn(process.execPath, [join(root, 'dist', 'server', 'app', 'main.js')], {
    stdio: 'inherit',
  });
}

async function restart() {
  try {
    if ((await buildServer()) === 0) return;
  } catch (error) {
    console.error(error.message);
    return;
  }
  server.once('exit', start);
  server.kill('SIGTERM');
}

await buildServer();
start();
for (const folder of ['server', 'shared', 'models', 'migrations'])
  watch(join(root, folder), { recursive: true }, () => {
    clearTimeout(pending);
    pending = setTimeout(restart, settleMs);
  });

const vite = await createServer({
  configFile: join(root, 'vite.config.mts'),
  root: join(root, 'client'),
});
await vite.listen();
vite.printUrls();
for (const signal of ['SIGINT', 'SIGTERM'])
  process.on(signal, () => {
    server.once('exit', () => process.exit(0));
    server.kill('SIGTERM');
  });
