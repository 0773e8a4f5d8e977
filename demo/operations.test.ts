import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, parse, validate } from 'graphql';
import * as operations from './operations';

const schema = buildSchema(readFileSync(join(__dirname, '..', 'server', 'schema.graphql'), 'utf8'));

describe('the requests that the demo sends', () => {
  it.each(Object.entries(operations))('%s fits the public schema', (_name, document) => {
    expect(validate(schema, parse(document))).toEqual([]);
  });
});
