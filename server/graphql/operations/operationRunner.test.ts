import { buildSchema, OperationTypeNode, parse, type GraphQLSchema } from 'graphql';
import { EventLoopShare } from '../../limits/eventLoopShare';
import { Loaders, type Context } from '../context';
import { guardFields } from './guardFields';
import { operationLimits } from './operationLimits';
import { OperationRunner } from './operationRunner';

type Resolvers = Record<string, () => unknown>;

function schemaOf(resolvers: Resolvers): GraphQLSchema {
  const schema = buildSchema(`
    type Entry { id: ID name: String parent: Entry }
    type Query { entries: [Entry!] numbers: [Int!] slow: String quick: String }
  `);
  const fields = schema.getQueryType()?.getFields() ?? {};
  for (const [name, resolve] of Object.entries(resolvers)) fields[name]!.resolve = resolve;
  return guardFields(schema);
}

const contextOf = (id: string, more: Partial<Context> = {}): Context => ({
  viewer: { id, name: id },
  requestId: 'request',
  loaders: new Loaders(),
  ...more,
});

const runner = (running = 2, waiting = 2) =>
  new OperationRunner({ running, waiting }, new EventLoopShare());
const run = (on: OperationRunner, schema: GraphQLSchema, query: string, context: Context) =>
  on.run({
    schema,
    document: parse(query),
    contextValue: context,
    kind: OperationTypeNode.QUERY,
  });

/** A promise and the function that resolves it. */
function gate() {
  let open: (value: string) => void = () => {};
  const opened = new Promise<string>((resolve) => (open = resolve));
  return { opened, open };
}

// The deadline must not depend on how busy the machine is that runs the tests. Only the clock of
// setTimeout stands still. What lets others come in between is real.
beforeEach(() =>
  jest.useFakeTimers({
    doNotFake: ['Date', 'hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate'],
  }),
);
afterEach(() => jest.useRealTimers());

test('answers what stays within the limits, nothing of it later than the resolvers', async () => {
  const schema = schemaOf({ entries: () => [{ id: '1', name: 'a' }] });
  expect(await run(runner(), schema, '{ entries { id name } }', contextOf('ada'))).toEqual({
    data: { entries: [{ id: '1', name: 'a' }] },
  });
});

test.each([
  ['numbers', '{ numbers }', () => Array.from({ length: operationLimits.maxValues + 1 }, () => 1)],
  [
    'objects',
    '{ entries { id name } }',
    () => Promise.resolve(Array.from({ length: operationLimits.maxValues / 2 + 1 }, () => ({}))),
  ],
])('stops an operation that returns too many %s', async (_what, query, many) => {
  const schema = schemaOf({ numbers: many, entries: many });
  const { data, errors } = await run(runner(), schema, query, contextOf('ada'));
  expect(data).toBeNull();
  expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['OPERATION_STOPPED']);
});

test('a long answer lets others come in between, and is complete and in order', async () => {
  const entries = Array.from({ length: 20_000 }, (_, index) => ({ id: String(index), name: 'a' }));
  const schema = schemaOf({ entries: () => entries });
  const answer = run(runner(), schema, '{ entries { id name } }', contextOf('ada'));
  let turns = 0;
  let answered = false;
  void answer.then(() => (answered = true));
  for (; !answered; turns++) await new Promise((resolve) => setImmediate(resolve));
  expect((await answer).data).toEqual({ entries });
  expect(turns).toBeGreaterThan(3);
});

test('stops an operation at its deadline, even if a resolver never ends', async () => {
  const schema = schemaOf({ slow: () => new Promise(() => {}) });
  const answer = run(runner(), schema, '{ slow }', contextOf('ada'));
  await jest.advanceTimersByTimeAsync(operationLimits.querySeconds * 1_000);
  expect((await answer).errors?.[0]?.extensions.code).toBe('OPERATION_STOPPED');
});

test('a mutation that would begin late is not begun, and the ones before it are answered', async () => {
  jest.useFakeTimers();
  const built = buildSchema(`type Query { a: Int } type Mutation { slow: String quick: String }`);
  const fields = built.getMutationType()!.getFields();
  const begun: string[] = [];
  fields.slow!.resolve = () => {
    begun.push('slow');
    const ms = operationLimits.nextMutationSeconds * 1_000 + 1;
    return new Promise((resolve) => setTimeout(() => resolve('done'), ms));
  };
  fields.quick!.resolve = () => begun.push('quick');
  const answer = runner().run({
    schema: guardFields(built),
    document: parse('mutation { slow quick }'),
    contextValue: contextOf('ada'),
    kind: OperationTypeNode.MUTATION,
  });
  await jest.advanceTimersByTimeAsync(operationLimits.nextMutationSeconds * 1_000 + 10);
  const { data, errors } = await answer;
  expect({ data, begun }).toEqual({ data: { slow: 'done', quick: null }, begun: ['slow'] });
  expect(errors?.[0]?.extensions.code).toBe('OPERATION_STOPPED');
});

describe('turns', () => {
  test('the operations of one person wait for each other, not for those of others', async () => {
    const { opened, open } = gate();
    const schema = schemaOf({ slow: () => opened, quick: () => 'now' });
    const on = runner(1, 1);
    const first = run(on, schema, '{ slow }', contextOf('ada'));
    let second: unknown;
    const waiting = run(on, schema, '{ quick }', contextOf('ada')).then((it) => (second = it));
    expect(await run(on, schema, '{ quick }', contextOf('bob'))).toEqual({
      data: { quick: 'now' },
    });
    expect(second).toBeUndefined();
    open('later');
    expect(await first).toEqual({ data: { slow: 'later' } });
    expect(await waiting).toEqual({ data: { quick: 'now' } });
  });

  test('more than may wait are refused, and the limit is free again afterwards', async () => {
    const { opened, open } = gate();
    const schema = schemaOf({ slow: () => opened, quick: () => 'now' });
    const on = runner(1, 1);
    const ada = contextOf('ada');
    const taken = [run(on, schema, '{ slow }', ada), run(on, schema, '{ slow }', ada)];
    await expect(run(on, schema, '{ quick }', ada)).rejects.toMatchObject({
      extensions: { code: 'RATE_LIMITED' },
    });
    open('later');
    await Promise.all(taken);
    expect(await run(on, schema, '{ quick }', ada)).toEqual({ data: { quick: 'now' } });
  });

  test('an answer that is not read keeps its turn until the client has gone', async () => {
    const schema = schemaOf({ quick: () => 'now' });
    const on = runner(1, 1);
    const { opened, open } = gate();
    const delivery = { isClosed: () => false, done: opened.then(() => {}) };
    await run(on, schema, '{ quick }', contextOf('ada', { delivery }));
    let next: unknown;
    const waiting = run(on, schema, '{ quick }', contextOf('ada')).then((it) => (next = it));
    await new Promise(setImmediate);
    expect(next).toBeUndefined();
    open('gone');
    expect(await waiting).toEqual({ data: { quick: 'now' } });
  });

  test('a client that has gone while it waited costs nothing', async () => {
    let asked = 0;
    const schema = schemaOf({ quick: () => String(++asked) });
    const delivery = { isClosed: () => true, done: Promise.resolve() };
    await run(runner(), schema, '{ quick }', contextOf('ada', { delivery }));
    expect(asked).toBe(0);
  });
});

test('a list that is too long is stopped before its entries are read', async () => {
  let read = 0;
  const entry = {
    get name() {
      read++;
      return 'a';
    },
  };
  const schema = schemaOf({ entries: () => Array.from({ length: 60_000 }, () => entry) });
  await run(runner(), schema, '{ entries { name } }', contextOf('ada'));
  expect(read).toBe(0);
});

test('fragments within fragments are counted once each, skipped ones too', async () => {
  const levels = Array.from(
    { length: 50 },
    (_, level) => `fragment a${level} on Entry { ...a${level + 1} ...a${level + 1} }`,
  );
  const fragments = `${levels.join(' ')} fragment a50 on Entry { id }`;
  const schema = schemaOf({ entries: () => [{ id: '1' }] });
  const query = `{ entries { id ...a0 @skip(if: true) } } ${fragments}`;
  const { errors } = await run(runner(), schema, query, contextOf('ada'));
  expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['OPERATION_STOPPED']);
});

test('objects within lists count too', async () => {
  const parent = { id: '0' };
  const entries = Array.from({ length: operationLimits.maxValues / 4 }, () => ({ parent }));
  const schema = schemaOf({ entries: () => entries });
  const some = await run(runner(), schema, '{ entries { parent { id } } }', contextOf('ada'));
  expect(some.errors).toBeUndefined();
  const query = '{ entries { id name parent { id name } } }';
  expect((await run(runner(), schema, query, contextOf('ada'))).errors).toHaveLength(1);
});

test('fields that read a property are left as they are', () => {
  const schema = schemaOf({ entries: () => [{ id: '1', name: 'a' }] });
  const entry = schema.getType('Entry');
  const fields = entry && 'getFields' in entry ? entry.getFields() : {};
  expect(fields.name).toMatchObject({ resolve: undefined });
  expect(fields.parent).toMatchObject({ resolve: expect.any(Function) as unknown });
});
