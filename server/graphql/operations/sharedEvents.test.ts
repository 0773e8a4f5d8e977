import { buildSchema, parse, type ExecutionResult } from 'graphql';
import { SharedEvents } from './sharedEvents';

const schema = buildSchema('type Query { a: Int }');
const document = parse('{ a }');
const variables = { id: '1' };

function counting() {
  const shared = new SharedEvents();
  const open: (() => void)[] = [];
  let executions = 0;
  const run = (subject: string, change: object = {}, rootValue: unknown = event) =>
    shared.run(
      subject,
      { schema, document, variableValues: variables, rootValue, ...change },
      () => {
        executions++;
        return new Promise<ExecutionResult>((resolve) => open.push(() => resolve({ data: null })));
      },
    );
  return { run, endAll: () => open.forEach((end) => end()), executions: () => executions };
}
const event = {};

test('subscriptions of one person that select the same share an execution', async () => {
  const { run, endAll, executions } = counting();
  const results = [run('ada'), run('ada'), run('ada', { variableValues: { id: '1' } })];
  expect(executions()).toBe(1);
  endAll();
  expect(await Promise.all(results)).toHaveLength(3);
});

test.each([
  ['another person', ['eve', {}]],
  ['another selection', ['ada', { document: parse('{ b: a }') }]],
  ['other variables', ['ada', { variableValues: { id: '2' } }]],
  ['another event', ['ada', { rootValue: {} }]],
] as const)('%s shares nothing', (_what, [subject, change]) => {
  const { run, executions } = counting();
  void run('ada');
  void run(subject, change);
  expect(executions()).toBe(2);
});

test('an execution that has ended is not shared', async () => {
  const { run, endAll, executions } = counting();
  const first = run('ada');
  endAll();
  await first;
  void run('ada');
  expect(executions()).toBe(2);
});
