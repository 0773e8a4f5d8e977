import { possibleTypes } from '../gql/operations';
import { type MutationErrorName, mutationErrorTitle } from './mutationErrors';

it('has a title for every error of the schema', () => {
  const titles = (possibleTypes.MutationError ?? []).map((name) =>
    mutationErrorTitle(name as MutationErrorName),
  );
  expect(titles.length).toBeGreaterThan(0);
  expect(titles).not.toContain('The action failed');
});

it('has a title for an unknown error too', () => {
  expect(mutationErrorTitle('FromTheFuture' as MutationErrorName)).toBe('The action failed');
});
