import {
  buildSchema,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  Kind,
  parse,
  print,
  typeFromAST,
  visit,
  type DefinitionNode,
  type FragmentDefinitionNode,
  type GraphQLInputType,
  type OperationDefinitionNode,
} from 'graphql';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { limits } from '../../../shared/limits';
import { OperationAdmission } from './admission';
import { operationLimits } from './operationLimits';

const root = join(__dirname, '..', '..', '..');
const schema = buildSchema(readFileSync(join(root, 'server', 'schema.graphql'), 'utf8'));
const admission = new OperationAdmission(schema);

const files = readdirSync(join(root, 'client'), { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.graphql'),
);
const { definitions } = parse(
  files.map((file) => readFileSync(join(root, 'client', file), 'utf8')).join('\n'),
);
const isOperation = (one: DefinitionNode): one is OperationDefinitionNode =>
  one.kind === Kind.OPERATION_DEFINITION;
const isFragment = (one: DefinitionNode): one is FragmentDefinitionNode =>
  one.kind === Kind.FRAGMENT_DEFINITION;
const fragments = new Map(definitions.filter(isFragment).map((one) => [one.name.value, one]));

/** What the client sends at most. */
const pageSizes: Record<string, number> = { RunsPage: 10 };
const sizes: Record<string, number> = { first: 60, runs: 20 };
const lists: Record<string, number> = {
  labels: 50,
  ticketIds: limits.maxTicketsPerCall,
  files: limits.maxTicketsPerCall,
  leaseTokens: limits.maxTasksPerCall,
};

/** Returns an operation with the fragments that it uses, as the client sends it. */
function withFragments(operation: OperationDefinitionNode): string {
  const used = new Map<string, string>();
  const open: DefinitionNode[] = [operation];
  for (let one = open.pop(); one; one = open.pop())
    visit(one, {
      FragmentSpread: ({ name }) => {
        const fragment = fragments.get(name.value);
        if (!fragment || used.has(name.value)) return;
        used.set(name.value, print(fragment));
        open.push(fragment);
      },
    });
  return [print(operation), ...used.values()].join('\n');
}

/** Returns a value of the type, as large as the client sends it. */
function sampleOf(name: string, type: GraphQLInputType): unknown {
  if (isNonNullType(type)) return sampleOf(name, type.ofType);
  if (isListType(type))
    return Array.from({ length: lists[name] ?? 50 }, () => sampleOf(name, type.ofType));
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (isInputObjectType(type))
    return Object.fromEntries(
      Object.values(type.getFields())
        .filter((field) => isNonNullType(field.type))
        .map((field) => [field.name, sampleOf(field.name, field.type)]),
    );
  const samples: Record<string, unknown> = { Int: sizes[name] ?? 100, Float: 0.5, Boolean: true };
  return samples[type.name] ?? 'x';
}

function costOf(operation: OperationDefinitionNode): number {
  const variables = Object.fromEntries(
    (operation.variableDefinitions ?? []).map(({ variable, type }) => {
      const name = variable.name.value;
      const pageSize = name === 'first' ? pageSizes[operation.name?.value ?? ''] : undefined;
      return [name, pageSize ?? sampleOf(name, typeFromAST(schema, type) as GraphQLInputType)];
    }),
  );
  return admission.costOf({ query: withFragments(operation), variables }).values;
}

test('every operation of our client costs less than half the limit, with 2,000 classes', () => {
  const costs = definitions
    .filter(isOperation)
    .map((operation) => [operation.name?.value, costOf(operation)] as const);
  const highest = [...costs].sort(([, a], [, b]) => b - a).slice(0, 5);
  process.stdout.write(`the client's costliest operations: ${JSON.stringify(highest)}\n`);
  expect(costs.length).toBeGreaterThan(50);
  expect(costs.filter(([, cost]) => !(cost < operationLimits.maxCost / 2))).toEqual([]);
});

test('our client’s longest operation is far below the limit of tokens', () => {
  const lengths = definitions.filter(isOperation).map((operation) => {
    const tokens = withFragments(operation).match(/[\w"]+|[^\s\w]/g) ?? [];
    return tokens.length;
  });
  expect(Math.max(...lengths)).toBeLessThan(operationLimits.maxTokens / 2);
});
