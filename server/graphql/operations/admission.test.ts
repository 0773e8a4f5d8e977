import { buildSchema } from 'graphql';
import { OperationAdmission } from './admission';

const admission = new OperationAdmission(
  buildSchema('type Query { viewer(name: String, age: Int): String }'),
);
const rights = { isSignedIn: true, mayIntrospect: false };

test('keeps the variables that the operation declares, and no others', () => {
  const query = 'query ($name: String, $age: Int = 7) { viewer(name: $name, age: $age) }';
  const variables = { name: null, unused: 'x'.repeat(1_000) };
  const { admitted } = admission.admit({ query, variables }, rights) as {
    admitted: { variables: object };
  };
  expect(admitted.variables).toEqual({ name: null });
});
