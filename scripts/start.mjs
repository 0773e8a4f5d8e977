// Builds what has changed, then starts the product in this process.
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { buildClient, buildServer } from './build.mjs';

await buildServer();
if (await buildClient()) console.log('The client is built.');
createRequire(import.meta.url)(join(import.meta.dirname, '..', 'dist', 'server', 'app', 'main.js'));
