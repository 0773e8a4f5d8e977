import { buildSchema } from 'graphql';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OperationAdmission, type Admission } from './admission';
import { warmUpAdmission } from './warmUp';

const schema = buildSchema(readFileSync(join(__dirname, '..', '..', 'schema.graphql'), 'utf8'));

test('warms up with operations that are admitted, and with ones that are not, in many pauses', async () => {
  const admit = jest.spyOn(OperationAdmission.prototype, 'admit');
  let pauses = 0;
  await warmUpAdmission(schema, () => Promise.resolve(pauses++));
  const kinds = admit.mock.results.map(({ value }) => (value as Admission).kind);
  expect(kinds.filter((kind) => kind === 'invalid')).toHaveLength(kinds.length / 2);
  expect(kinds).toContain('admitted');
  expect(pauses).toBe(kinds.length);
});
