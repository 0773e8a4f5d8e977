import { possibleTypes } from '../gql/operations';
import { type MutationErrorName, mutationErrorTitle } from './mutationErrors';

it('has words for every error of the schema', () => {
  const titles = (possibleTypes.MutationError ?? []).map((name) =>
    mutationErrorTitle(name as MutationErrorName),
  );
  expect(titles.length).toBeGreaterThan(0);
  expect(titles).not.toContain('That did not work');
});

it('still says something about an error it does not know', () => {
  expect(mutationErrorTitle('FromTheFuture' as MutationErrorName)).toBe('That did not work');
});
