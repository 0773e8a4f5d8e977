import 'reflect-metadata';
import { execFile } from 'node:child_process';
import { constants, existsSync } from 'node:fs';
import { access, mkdir, statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { findBackbones } from '../../models/backbones';
import { chooseOnnxProvider, probeOnnxProviders, type EngineProbe } from '../../models/engine';
import { openTfjs, probeTfjsBackends } from '../../models/engine/tensorflow';
import { postgresBinaries, unprivilegedAccount } from '../database/postgresBinaries';
import { configOrExit, type Config } from './config';

const execute = promisify(execFile);
const gibibyte = 1024 ** 3;

/** One thing that this machine offers or lacks, with what to do about it. */
interface Finding {
  name: string;
  ok: boolean;
  /** Whether the product works without it. */
  optional?: boolean;
  detail: string;
}

/** Prints what this machine offers, one line each. Status 1 if something necessary is missing. */
async function main(): Promise<void> {
  const config = configOrExit();
  const findings = [
    node(),
    machine(),
    await dataFolder(config),
    await database(config),
    ...(await probeOnnxProviders()).map((probe) => engine('ONNX Runtime', probe, 'cpu')),
    ...(await probeTfjsBackends()).map((probe) => engine('TensorFlow.js', probe, 'cpu')),
    ...(await chosenEngines(config)),
    ...(await backbones(config)),
    browser(config),
  ];
  for (const { name, ok, optional, detail } of findings)
    process.stdout.write(
      `${ok ? 'ok     ' : optional ? 'absent ' : 'MISSING'} ${name}: ${detail}\n`,
    );
  process.exit(findings.every(({ ok, optional }) => ok || optional) ? 0 : 1);
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const ok = major > 20 || (major === 20 && minor >= 19);
  return {
    name: 'Node.js',
    ok,
    detail: `${process.version}${ok ? '' : ': install 20.19 or newer'}`,
  };
}

function machine(): Finding {
  const memory = (totalmem() / gibibyte).toFixed(0);
  return {
    name: 'Machine',
    ok: true,
    detail: `${availableParallelism()} cores, ${memory} GiB of memory`,
  };
}

async function dataFolder({ dataFolder: folder }: Config): Promise<Finding> {
  const name = 'Data folder';
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
    const { bavail, bsize } = await statfs(folder);
    return {
      name,
      ok: true,
      detail: `${folder}, ${((bavail * bsize) / gibibyte).toFixed(0)} GiB free`,
    };
  } catch (error) {
    return {
      name,
      ok: false,
      detail: `${(error as Error).message}: set LABELLOOP_DATA to another folder`,
    };
  }
}

async function database({ databaseUrl }: Config): Promise<Finding> {
  const name = databaseUrl ? 'PostgreSQL (DATABASE_URL)' : 'PostgreSQL (embedded)';
  try {
    return {
      name,
      ok: true,
      detail: databaseUrl ? await serverVersion(databaseUrl) : await embeddedVersion(),
    };
  } catch (error) {
    return { name, ok: false, detail: `${(error as Error).message}: see docs/configuration.md` };
  }
}

async function serverVersion(url: string): Promise<string> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  const { rows } = await client.query<{ version: string }>(
    `SELECT current_setting('server_version') AS version`,
  );
  await client.end();
  return rows[0]?.version ?? '';
}

async function embeddedVersion(): Promise<string> {
  const account = unprivilegedAccount();
  const { postgres } = await postgresBinaries(account);
  const { stdout } = await execute(postgres, ['--version'], {
    encoding: 'utf8',
    ...(account && { uid: account.uid, gid: account.gid }),
  });
  return stdout.trim() + (account ? `, runs as ${account.name}` : '');
}

function engine(family: string, { name, available, detail }: EngineProbe, needed: string): Finding {
  return { name: `${family} ${name}`, ok: available, optional: name !== needed, detail };
}

/** Lists the engines that the configuration chooses on this machine. */
async function chosenEngines({ onnxProvider, tfjsBackend, threads }: Config): Promise<Finding[]> {
  const choices = {
    'Embeddings are computed by': async () =>
      `ONNX Runtime ${(await chooseOnnxProvider(onnxProvider)).name}`,
    'Deep networks are trained by': async () => {
      const { name, device } = await openTfjs({ backend: tfjsBackend, threads });
      return `TensorFlow.js ${name} (${device})`;
    },
  };
  const findings = Object.entries(choices).map(async ([name, choose]) => {
    try {
      return { name, ok: true, detail: await choose() };
    } catch (error) {
      return { name, ok: false, detail: (error as Error).message };
    }
  });
  return Promise.all(findings);
}

async function backbones({ backboneFolders }: Config): Promise<Finding[]> {
  const { found, rejected } = await findBackbones(backboneFolders);
  const missing: Finding = {
    name: 'Backbone',
    ok: false,
    optional: true,
    detail:
      'none found: labelling works, predictions do not. Put an ONNX backbone into one of ' +
      `${backboneFolders.join(', ')} or name its folder in LABELLOOP_BACKBONES`,
  };
  return [
    ...(found.length > 0 ? [] : [missing]),
    ...found.map(({ name, file }) => ({ name: 'Backbone', ok: true, detail: `${name}, ${file}` })),
    ...rejected.map(({ file, reason }) => ({
      name: 'Backbone',
      ok: false,
      optional: true,
      detail: `${file}: ${reason}`,
    })),
  ];
}

const browserPlaces = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

function browser({ chromium }: Config): Finding {
  const path = [...(chromium ? [chromium] : []), ...browserPlaces].find((place) =>
    existsSync(place),
  );
  return {
    name: 'Chromium',
    ok: path !== undefined,
    optional: true,
    detail:
      path ??
      'only browser tests need it. Debian: apt-get install chromium; or set LABELLOOP_CHROMIUM',
  };
}

void main();
