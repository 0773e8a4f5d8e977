import { buildSchema } from 'graphql';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OperationAdmission, type Admission } from './admission';
import { warmUpAdmission } from './warmUp';

const schema = buildSchema(readFileSync(join(__dirname, '..', '..', 'schema.graphql'), 'utf8'));

test('warms up with operations that are admitted, and with ones that are not, in many pauses', async () => {
  const kinds: Admission['kind'][] = [];
  const decide = OperationAdmission.prototype.admit;
  jest.spyOn(OperationAdmission.prototype, 'admit').mockImplementation(function (
    this: OperationAdmission,
    ...args
  ) {
    const admission = decide.apply(this, args);
    kinds.push(admission.kind);
    return admission;
  });
  let pauses = 0;
  await warmUpAdmission(schema, () => Promise.resolve(pauses++));
  jest.restoreAllMocks();
  expect(kinds.filter((kind) => kind === 'invalid')).toHaveLength(kinds.length / 2);
  expect(kinds).toContain('admitted');
  expect(pauses).toBe(kinds.length);
});
