import { QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError } from 'typeorm';
import { isLostConnection } from './lostConnection';

test.each([
  new QueryRunnerAlreadyReleasedError(),
  new QueryRunnerProviderAlreadyReleasedError(),
  new Error('Connection terminated unexpectedly'),
  Object.assign(new Error('the administrator ended it'), { code: '57P01' }),
  Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }),
])('a lost connection may succeed later: %s', (error) => {
  expect(isLostConnection(error)).toBe(true);
});

test.each([
  new Error('null value in column "id"'),
  Object.assign(new Error('duplicate key'), { code: '23505' }),
  'not an error',
])('anything else does not: %s', (error) => {
  expect(isLostConnection(error)).toBe(false);
});
