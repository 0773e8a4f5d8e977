// Tests load this file into the processes of a server (NODE_OPTIONS=--require). It makes the worker
// misbehave in the ways that the files in LABELLOOP_TEST_HOOKS name, so that a real process blocks
// or dies at a known place.
const { appendFileSync, existsSync, rmSync, writeFileSync } = require('node:fs');
const Module = require('node:module');
const { join } = require('node:path');

const folder = process.env.LABELLOOP_TEST_HOOKS;
const isWorker =
  process.env.LABELLOOP_ROLE === 'worker' && (process.argv[1] ?? '').endsWith('main.js');

const isWanted = (name) => existsSync(join(folder, name));

function die(reason) {
  appendFileSync(join(folder, 'deaths'), `${reason}\n`);
  process.kill(process.pid, 'SIGKILL');
  for (;;);
}

/** Blocks its event loop for ever, once. */
function blockIfWanted() {
  if (!isWanted('block')) return;
  rmSync(join(folder, 'block'));
  writeFileSync(join(folder, 'blocked'), String(process.pid));
  for (;;);
}

const isMagenta = (pixels) => pixels[0] > 225 && pixels[1] < 30 && pixels[2] > 225;

/** What is changed in the modules whose names end like this. */
const changes = {
  './decode': (decode) => ({
    ...decode,
    decodePixels: async (...args) => {
      const pixels = await decode.decodePixels(...args);
      if (isWanted('die-of-magenta') && isMagenta(pixels)) die('magenta');
      return pixels;
    },
  }),
  './headFit': (headFit) => {
    const { run } = headFit.HeadFit.prototype;
    headFit.HeadFit.prototype.run = function (...args) {
      if (isWanted('die-of-runs')) die('run');
      return run.apply(this, args);
    };
    return headFit;
  },
};

function changeModules() {
  const load = Module._load;
  const changed = new Map();
  Module._load = function (request, parent, ...rest) {
    const loaded = load.call(this, request, parent, ...rest);
    const change = changes[request];
    if (!change || !parent?.filename.includes(join('dist', ''))) return loaded;
    if (!loaded.decodePixels && !loaded.HeadFit) return loaded;
    if (!changed.has(loaded)) changed.set(loaded, change(loaded));
    return changed.get(loaded);
  };
}

if (folder && isWorker) {
  writeFileSync(join(folder, 'pid'), String(process.pid));
  setInterval(blockIfWanted, 50).unref();
  changeModules();
}
