import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { parseConfig } from './config';

const root = join(__dirname, '..', '..');
const bad = {
  LABELLOOP_ROLE: 'both',
  LABELLOOP_PORT: '70000',
  LABELLOOP_SECURE_COOKIES: 'yes',
  LABELLOOP_LEASE_SECONDS: 'soon',
  DATABASE_URL: 'mysql://localhost/labels',
};

test('nothing set is a working configuration', () => {
  expect(parseConfig({})).toMatchObject({
    role: 'all',
    port: 4000,
    databaseUrl: undefined,
    secureCookies: false,
  });
});

test('values are taken as what they mean', () => {
  const config = parseConfig({
    LABELLOOP_PORT: '8080',
    LABELLOOP_SECURE_COOKIES: 'true',
    LABELLOOP_BACKBONES: '/a:/b',
    DATABASE_URL: 'postgresql://somebody@somewhere/labels',
  });
  expect(config).toMatchObject({ port: 8080, secureCookies: true });
  expect(config.backboneFolders).toEqual(expect.arrayContaining(['/a', '/b']));
  expect(config.databaseUrl).toBe('postgresql://somebody@somewhere/labels');
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

test('an entry point prints every fault and exits with 1', async () => {
  const script = `require('@swc/core'); const { readFileSync } = require('node:fs');
    const { code } = require('@swc/core').transformSync(readFileSync('server/app/config.ts', 'utf8'),
      { ...JSON.parse(readFileSync('.swcrc', 'utf8')), swcrc: false });
    const module_ = { exports: {} }; new Function('require', 'exports', code)(require, module_.exports);
    module_.exports.configOrExit(); console.log('started');`;
  const ended = await new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) =>
    execFile(
      process.execPath,
      ['-e', script],
      { cwd: root, env: { ...process.env, ...bad } },
      (error, stdout, stderr) => resolve({ code: error?.code, stdout, stderr }),
    ),
  );
  expect(ended).toMatchObject({ code: 1, stdout: '' });
  for (const name of Object.keys(bad)) expect(ended.stderr).toContain(`  ${name}: `);
});
