import { spawnSync } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from './config';

const root = join(__dirname, '..', '..');
const bad = {
  LABELLOOP_ROLE: 'both',
  LABELLOOP_PORT: '70000',
  LABELLOOP_SECURE_COOKIES: 'yes',
  LABELLOOP_LEASE_SECONDS: 'soon',
  LABELLOOP_TFJS_BACKEND: 'cuda',
  LABELLOOP_ONNX_PROVIDER: 'wasm',
  DATABASE_URL: 'mysql://localhost/labels',
};

test('nothing set is a working configuration', () => {
  expect(parseConfig({})).toMatchObject({
    role: 'all',
    port: 4000,
    databaseUrl: undefined,
    secureCookies: false,
    tfjsBackend: 'auto',
    onnxProvider: 'auto',
  });
});

test('values are taken as what they mean', () => {
  const config = parseConfig({
    LABELLOOP_PORT: '8080',
    LABELLOOP_SECURE_COOKIES: 'true',
    LABELLOOP_TFJS_BACKEND: 'webgpu',
    LABELLOOP_BACKBONES: '/a:/b',
    DATABASE_URL: 'postgresql://somebody@somewhere/labels',
  });
  expect(config).toMatchObject({ port: 8080, secureCookies: true, tfjsBackend: 'webgpu' });
  expect(config.backboneFolders).toEqual(expect.arrayContaining(['/a', '/b']));
  expect(config.databaseUrl).toBe('postgresql://somebody@somewhere/labels');
});

test('backbones are looked for in the named folders, the cache, the shared and our own', () => {
  const named = { LABELLOOP_BACKBONES: '/a:/b', LABELLOOP_SHARED: '/shared' };
  const folders = (env: NodeJS.ProcessEnv) => parseConfig({ ...named, ...env }).backboneFolders;
  const ours = join(root, 'models', 'weights');
  expect(folders({ LABELLOOP_MODELS: '/nets', LABELLOOP_CACHE: '/cache' })).toEqual([
    ...['/a', '/b', '/nets', '/shared/models', ours],
  ]);
  expect(folders({ LABELLOOP_CACHE: '/cache', XDG_CACHE_HOME: '/xdg' })[2]).toBe('/cache/models');
  expect(folders({ XDG_CACHE_HOME: '/xdg' })[2]).toBe('/xdg/labelloop/models');
  const home = join(homedir(), '.cache', 'labelloop', 'models');
  expect(folders({ XDG_CACHE_HOME: 'relative' })[2]).toBe(home);
});

test('every variable at fault is named at once', () => {
  const parse = () => parseConfig(bad);
  for (const name of Object.keys(bad)) expect(parse).toThrow(`  ${name}: `);
  expect(parse).toThrow('See docs/configuration.md.');
});

test('an empty variable is one that is not set', () => {
  expect(parseConfig({ LABELLOOP_PORT: '', DATABASE_URL: '' })).toMatchObject({
    port: 4000,
    databaseUrl: undefined,
  });
});

test('the server prints every fault and exits with 1', () => {
  const node = (args: string[], env = {}) =>
    spawnSync(process.execPath, args, {
      cwd: root,
      env: { ...process.env, ...env },
      encoding: 'utf8',
    });
  expect(node(['scripts/build.mjs', 'server']).status).toBe(0);
  const { status, stdout, stderr } = node(['dist/server/app/main.js'], bad);
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  for (const name of Object.keys(bad)) expect(stderr).toContain(`  ${name}: `);
}, 30_000);
