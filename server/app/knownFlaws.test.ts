import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  type GraphQLArgument,
  type GraphQLNamedType,
} from 'graphql';
import { parse } from 'yaml';
import { parseConfig } from './config';

/** Known flaws of other labelling tools that can be excluded without a server. */

const root = join(__dirname, '..', '..');
const read = (file: string) => readFileSync(join(root, file), 'utf8');

describe('secrets', () => {
  const secret = /secret|password|token|api_?key|credential/i;

  it('have no default in the configuration', () => {
    const defaults = Object.entries(parseConfig({})).filter(([, value]) => value !== undefined);
    expect(defaults.length).toBeGreaterThan(10);
    expect(defaults.filter(([name]) => secret.test(name))).toEqual([]);
    expect(parseConfig({}).databaseUrl).toBeUndefined();
  });

  it('have no default in the compose file: without one it does not start', () => {
    const { services } = parse(read('docker-compose.yml')) as {
      services: Record<string, { environment?: Record<string, string> }>;
    };
    const variables = Object.values(services).flatMap(({ environment = {} }) =>
      Object.entries(environment),
    );
    const secrets = variables.filter(([name, value]) => secret.test(`${name} ${value}`));
    expect(secrets.length).toBeGreaterThan(2);
    for (const [, value] of secrets) {
      const required = /\$\{[A-Z_]+:\?[^}]+\}/;
      expect(value).toMatch(required);
      expect(value.replace(required, '')).not.toMatch(secret);
    }
  });

  it('are not in the image: the Dockerfile sets none', () => {
    const set = read('Dockerfile')
      .split('\n')
      .filter((line) => /^(ENV|ARG)\b/.test(line) && secret.test(line));
    expect(set).toEqual([]);
  });
});

describe('filters and orders', () => {
  const schema = buildSchema(read('server/schema.graphql'));

  /** Arguments of every field that a query can reach. */
  function readingArguments(): GraphQLArgument[] {
    const seen = new Set<GraphQLNamedType>([schema.getQueryType()!, schema.getSubscriptionType()!]);
    const found: GraphQLArgument[] = [];
    for (const type of seen) {
      if (isInterfaceType(type) || isUnionType(type))
        schema.getPossibleTypes(type).forEach((possible) => seen.add(possible));
      if (!isObjectType(type) && !isInterfaceType(type)) continue;
      for (const field of Object.values(type.getFields())) {
        found.push(...field.args);
        seen.add(getNamedType(field.type));
      }
    }
    return found;
  }

  const inputs = new Map(
    readingArguments().flatMap((argument) => {
      const type = getNamedType(argument.type);
      return isInputObjectType(type) || isEnumType(type) ? [[type.name, type] as const] : [];
    }),
  );

  it('exist, so that this test checks something', () => {
    expect([...inputs.keys()]).toEqual(expect.arrayContaining(['ImageFilter', 'ImageOrder']));
  });

  it('reach no other object: every field of a filter is a plain value', () => {
    const nested = [...inputs.values()].flatMap((type) =>
      isInputObjectType(type)
        ? Object.values(type.getFields())
            .filter((field) => isInputObjectType(getNamedType(field.type)))
            .map((field) => `${type.name}.${field.name}`)
        : [],
    );
    expect(nested).toEqual([]);
  });

  it('name nothing about a person, a session or a secret', () => {
    const names = [
      ...readingArguments().map(({ name }) => name),
      ...[...inputs.values()].flatMap((type) =>
        isInputObjectType(type)
          ? Object.keys(type.getFields())
          : type.getValues().map(({ name }) => name),
      ),
    ];
    const personal =
      /user|person|annotator|author|owner|created_?by|email|password|token|session|secret/i;
    expect(names.filter((name) => personal.test(name))).toEqual([]);
  });

  it('are the only texts that a query takes: none is an expression or a path', () => {
    const expression = /where|having|expression|sql|jsonpath|aggregat|pipeline|url|path/i;
    expect(readingArguments().filter(({ name }) => expression.test(name))).toEqual([]);
  });

  it('and what is readable of a person is a name, not how they sign in', () => {
    const user = schema.getType('User');
    expect(isObjectType(user) && Object.keys(user.getFields()).sort()).toEqual([
      'createdAt',
      'id',
      'name',
    ]);
  });
});
