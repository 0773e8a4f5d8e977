import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildSchema,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLArgument,
  type GraphQLInputType,
} from 'graphql';
import { operationLimits } from '../graphql/operations/operationLimits';
import { ColourDataset } from '../testing/colourDataset';
import { train } from '../testing/runs';
import { startScene, type Scene } from '../testing/scene';

/**
 * Every text that a request can contain, found in the schema, is sent much too long. The answer is
 * a typed error, and it does not repeat the text.
 */
const schema = buildSchema(readFileSync(join(__dirname, '..', 'schema.graphql'), 'utf8'));
const longest = 1_000_000;
/** Below the limit for all texts, so only the field's own limit can refuse it. */
const long = 9_000;
const maxAnswerLength = 20_000;

interface Place {
  owner: string;
  field: string;
  args: readonly GraphQLArgument[];
  /** The argument and the input fields on the way to the text. */
  path: string[];
  name: string;
}

function pathsIn(type: GraphQLInputType, path: string[]): string[][] {
  const inner = getNullableType(type);
  if (isListType(inner)) return pathsIn(inner.ofType, path);
  if (isInputObjectType(inner))
    return Object.values(inner.getFields()).flatMap((field) =>
      pathsIn(field.type, [...path, field.name]),
    );
  return ['String', 'ID'].includes(String(inner)) ? [path] : [];
}

const places: Place[] = Object.values(schema.getTypeMap())
  .filter((type) => isObjectType(type) && !type.name.startsWith('__'))
  .flatMap((type) =>
    Object.values(isObjectType(type) ? type.getFields() : {}).flatMap(({ name: field, args }) =>
      args
        .flatMap((arg) => pathsIn(arg.type, [arg.name]))
        .map((path) => ({
          owner: type.name,
          field,
          args,
          path,
          name: `${type.name}.${field}(${path.join('.')})`,
        })),
    ),
  );

let scene: Scene;
/** Valid values by field name, so that only one text of a request is wrong. */
let valid: Record<string, unknown>;

beforeAll(async () => {
  scene = await startScene();
  const [ada] = scene.people as [Scene['people'][0]];
  const colours = await ColourDataset.create(ada, { photosPerClass: 4 });
  await colours.labelEach(3);
  const first = await train(ada, colours.id);
  const second = await train(ada, colours.id);
  const image = colours.images[0]!;
  const labelId = await colours.label(image);
  valid = {
    datasetId: colours.id,
    classId: colours.classId(image.colour),
    imageId: image.id,
    imageIds: image.id,
    labelId,
    fromRunId: first.id,
    toRunId: second.id,
    runId: second.id,
    // Only this recipe has options with texts.
    'startRetrainRun.recipe': 'FINETUNE',
    'updateDataset.id': colours.id,
    'updateClass.id': colours.classId(image.colour),
    'archiveClass.id': colours.classId(image.colour),
    color: '#00ff00',
    clientMutationId: 'a new one',
  };
}, 90_000);
afterAll(() => scene.close());

function valueOf(
  type: GraphQLInputType,
  name: string,
  field: string,
  target: { path: string[]; text: string } | undefined,
): unknown {
  if (isNonNullType(type)) return valueOf(type.ofType, name, field, target);
  if (isListType(type)) return [valueOf(type.ofType, name, field, target)];
  if (isInputObjectType(type)) {
    const entries = Object.values(type.getFields()).flatMap((one) => {
      const isTarget = target?.path[0] === one.name;
      const isNeeded = isNonNullType(one.type) && one.defaultValue === undefined;
      if (!isTarget && !isNeeded && !(`${field}.${one.name}` in valid)) return [];
      const rest = isTarget ? { ...target, path: target.path.slice(1) } : undefined;
      return [[one.name, valueOf(one.type, one.name, field, rest)]];
    });
    return Object.fromEntries(entries) as unknown;
  }
  if (target) return target.text;
  const own = valid[`${field}.${name}`] ?? valid[name];
  if (isEnumType(type)) return own ?? type.getValues()[0]?.name;
  return own ?? { Int: 1, Float: 0.5, Boolean: true }[String(type)] ?? 'x';
}

/** The selection that leads to a field of this type. */
const wayTo: Record<string, (selection: string) => string> = {
  Query: (selection) => `query (VARIABLES) { ${selection} }`,
  Mutation: (selection) => `mutation (VARIABLES) { ${selection} }`,
  Dataset: (selection) =>
    `query (VARIABLES) { dataset(id: "${valid.datasetId as string}") { ${selection} } }`,
  RunDiff: (selection) =>
    `query (VARIABLES) { runDiff(fromRunId: "${valid.fromRunId as string}", toRunId: "${valid.toRunId as string}") { ${selection} } }`,
};

interface PayloadOrEntry {
  error?: { __typename: string } | null;
}
interface Answer {
  /** Several labels of one call are refused one by one. */
  data?: Record<string, (PayloadOrEntry & { results?: PayloadOrEntry[] | null }) | null> | null;
  errors?: { message: string; extensions?: { code?: string } }[];
}

async function send(place: Place, text: string): Promise<{ answer: Answer; length: number }> {
  const { owner, field, args, path } = place;
  const given = args.filter(({ name, type }) => name === path[0] || isNonNullType(type));
  const isSent = ({ name, defaultValue }: GraphQLArgument) =>
    name === path[0] || defaultValue === undefined;
  const sent = given.filter(isSent);
  const variables = Object.fromEntries(
    sent.map(({ name, type }) => {
      const target = name === path[0] ? { path: path.slice(1), text } : undefined;
      return [name, valueOf(type, name, field, target)];
    }),
  );
  const each = field === 'recordLabels' ? 'results { error { __typename message } }' : '';
  const error = owner === 'Mutation' ? `error { __typename message } ${each}` : '';
  const selection = `${field}(${sent.map(({ name }) => `${name}: $${name}`).join(', ')}) { __typename ${error} }`;
  const declared = sent.map(({ name, type }) => `$${name}: ${String(type)}`).join(', ');
  const query = wayTo[owner]!(selection).replace('VARIABLES', declared);
  const [ada] = scene.people as [Scene['people'][0]];
  const answer: Answer = await ada.raw(query, variables);
  return { answer, length: JSON.stringify(answer).length };
}

function refusalIn({ data, errors }: Answer): string | undefined {
  const [payload] = Object.values(data ?? {});
  const refused = payload?.error ?? payload?.results?.[0]?.error;
  return errors?.[0]?.extensions?.code ?? refused?.__typename;
}

const codesIn = ({ errors = [] }: Answer) => errors.map(({ extensions }) => extensions?.code);

test('the schema has such texts, and each type with one can be reached', () => {
  const owners = new Set(places.map(({ owner }) => owner));
  owners.delete('Subscription');
  expect(places.length).toBeGreaterThan(50);
  expect([...owners].sort()).toEqual(Object.keys(wayTo).sort());
});

const overHttp = places.filter(({ owner }) => owner !== 'Subscription');

test.each(overHttp)('$name refuses a megabyte', async (place) => {
  const { answer, length } = await send(place, 'x'.repeat(longest));
  expect(refusalIn(answer)).toMatch(
    /^(LIMIT_EXCEEDED|LimitExceeded|BAD_USER_INPUT|InvalidInput|NOT_FOUND|NotFound|INVALID_CURSOR)$/,
  );
  expect(length).toBeLessThan(maxAnswerLength);
});

test.each(overHttp)('$name has an answer to 9,000 characters', async (place) => {
  const { answer, length } = await send(place, 'x'.repeat(long));
  expect(codesIn(answer)).not.toContain('INTERNAL_SERVER_ERROR');
  if (place.owner === 'Mutation') expect(refusalIn(answer)).toBeDefined();
  expect(length).toBeLessThan(maxAnswerLength);
});

/** Texts that PostgreSQL, JSON or a number in the database cannot hold. */
const hostile = [
  'a\0b',
  'a\ud800b',
  '',
  ' ',
  '\u202e\u200b',
  '1e999',
  '-1',
  `'; DROP TABLE image; --`,
];

test.each(overHttp)('$name has an answer to texts that no column can hold', async (place) => {
  for (const text of hostile) {
    const { answer } = await send(place, text);
    const codes = codesIn(answer);
    expect([text, codes]).not.toEqual([text, expect.arrayContaining(['INTERNAL_SERVER_ERROR'])]);
  }
});

/** Leaves room for the rest of the message. */
const maxCharactersOnSocket = operationLimits.maxMessageBytes - 1_000;

test.each(places.filter(({ owner }) => owner === 'Subscription'))(
  '$name refuses the longest text that a websocket takes',
  async ({ field, args, path }) => {
    const [ada] = scene.people as [Scene['people'][0]];
    const given = args.filter(({ name, type }) => name === path[0] || isNonNullType(type));
    const declared = given.map(({ name, type }) => `$${name}: ${String(type)}`).join(', ');
    const passed = given.map(({ name }) => `${name}: $${name}`).join(', ');
    const stream = ada.subscribe(
      `subscription (${declared}) { ${field}(${passed}) { __typename } }`,
      Object.fromEntries(
        given.map(({ name }) => [
          name,
          name === path[0] ? 'x'.repeat(maxCharactersOnSocket) : valid[name],
        ]),
      ),
    );
    const { value } = (await stream.next()) as { value: Answer };
    expect(refusalIn(value)).toMatch(/^(NOT_FOUND|INVALID_CURSOR)$/);
    await stream.return?.();
  },
);
