import { buildSchema } from 'graphql';
import { createSchema } from '../app/schema';
import { revealingPaths } from './blindPaths';
import { answerQuestions, blindGuards, goldQuestions, predictionQuestions } from './blindQuestions';

const missing = (schema: Parameters<typeof revealingPaths>[0]) =>
  revealingPaths(schema).filter((path) => !(path in blindGuards));

test('every field that can reveal an answer says how it is guarded', () => {
  expect(missing(createSchema())).toEqual([]);
});

test('no entry stands for a field that is gone', () => {
  expect(Object.keys(blindGuards).sort()).toEqual(revealingPaths(createSchema()));
});

test('a new type that names a class, a new field of an image and a new list are found', () => {
  const schema = buildSchema(`
    type Query { suggestion(id: ID!): Suggestion  pictures(filter: ImageFilter): [Image!]!  node: Node }
    interface Node { id: ID! }
    input ImageFilter { labelled: Boolean }
    type Class { id: ID! }
    type Suggestion implements Node { id: ID!  class: Class! }
    type Image { id: ID!  guess: String }`);
  expect(missing(schema)).toEqual(['Image.guess', 'Query.pictures', 'Query.suggestion']);
});

test('each question belongs to a guarded field, and each entry names questions that exist', () => {
  const asked = new Set(
    Object.values(blindGuards).flatMap((entry) => ('asked' in entry ? entry.asked : [])),
  );
  const named = (prefix: string, questions: object) =>
    Object.keys(questions).map((name) => `${prefix}.${name}`);
  const all = [
    ...named('prediction', predictionQuestions),
    ...named('answer', answerQuestions),
    ...named('gold', goldQuestions),
    'events',
  ];
  expect([...asked].filter((name) => !all.includes(name))).toEqual([]);
  // Some questions ask the same fields in another way.
  expect(all.length).toBeGreaterThanOrEqual(asked.size);
});
