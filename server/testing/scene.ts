import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { meanColour } from '../../models/testing';
import type { ApiClient } from './apiClient';
import { startTestServer, type TestServer } from './testServer';

/** A server with its own backbones, and people who have signed in. */
export interface Scene {
  server: TestServer;
  /** In the order of the names. */
  people: ApiClient[];
  /** The folder that the server searches for backbones. */
  backboneFolder: string;
  close: () => Promise<void>;
}

export interface SceneOptions {
  /** Names of the people, default Ada. */
  people?: readonly string[];
  /** Whether to take jobs too, default true. */
  worker?: boolean;
  /** ONNX files by name. Default: one backbone that distinguishes colours. */
  backbones?: Readonly<Record<string, Uint8Array>>;
  /** Further variables of the server. */
  env?: NodeJS.ProcessEnv;
}

/** Starts a server that has only the given backbones, and signs people in. */
export async function startScene({
  people: names = ['Ada'],
  worker = true,
  backbones = { 'mean_colour.onnx': meanColour() },
  env,
}: SceneOptions = {}): Promise<Scene> {
  const backboneFolder = await mkdtemp(join(tmpdir(), 'labelloop-backbones-'));
  for (const [file, bytes] of Object.entries(backbones))
    await writeFile(join(backboneFolder, file), bytes);
  const server = await startTestServer({
    worker,
    env: {
      LABELLOOP_BACKBONES: backboneFolder,
      LABELLOOP_SHARED: backboneFolder,
      LABELLOOP_CACHE: backboneFolder,
      ...env,
    },
  });
  const people: ApiClient[] = [];
  for (const name of names) people.push(await server.person(name));
  return {
    server,
    people,
    backboneFolder,
    close: async () => {
      await Promise.all(people.map((client) => client.close()));
      await server.close();
      await rm(backboneFolder, { recursive: true, force: true });
    },
  };
}
