import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawSampleSet } from '../demo/sampleSet';
import { provide } from './environment';

const root = join(__dirname, '..');

/** Builds what changed and starts the product once for all tests, as `npm run demo` does. */
export default async function setup(): Promise<() => Promise<void>> {
  execFileSync(process.execPath, [join(root, 'scripts', 'build.mjs')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  process.env.LABELLOOP_SHARED ??= join(root, '..', 'shared');
  const samples = await mkdtemp(join(tmpdir(), 'labelloop-samples-'));
  await drawSampleSet(samples, 1);
  // The compiled file finds the other compiled files by its own location.
  const built = join(root, 'dist', 'demo', 'server.js');
  const { startServer } = (await import(built)) as typeof import('../demo/server');
  const server = await startServer(false);
  const stop = async () => {
    await server.stop();
    await rm(samples, { recursive: true, force: true });
  };
  try {
    provide({ url: server.url, samples, missing: await whatIsMissing(server.url) });
  } catch (error) {
    // Nobody else would stop the server.
    await stop();
    throw error;
  }
  return stop;
}

async function whatIsMissing(url: string): Promise<string> {
  const { signIn } = await ask<{ signIn: { token: string } }>(
    url,
    'mutation { signIn(input: { name: "Set-up" }) { token } }',
  );
  const { capabilities } = await ask<{
    capabilities: { backbones: unknown[]; missing: string[] };
  }>(url, '{ capabilities { backbones { id } missing } }', signIn.token);
  const { backbones, missing } = capabilities;
  return backbones.length > 0 ? '' : missing.join(' ') || 'This server has no backbone.';
}

async function ask<T>(url: string, query: string, token?: string): Promise<T> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query }),
  });
  const { data } = (await response.json()) as { data: T };
  return data;
}
