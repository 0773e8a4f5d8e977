import { lintTree } from './testing/lintTree';
import { runTimeoutMs } from './testing/run';

const schemaFile = 'server/schema.graphql';
const sdl = `
type Query {
  """The datasets that the viewer may open."""
  datasets(
    """How many datasets to return."""
    first: Int!
  ): [Dataset!]!
  """How far a dataset is from its goal."""
  needs(datasetId: ID!): NeedsType
}

"""A set of images and the classes they may have."""
type Dataset {
  name: String!
  """Whether the dataset takes labels."""
  state: DatasetState!
}

enum DatasetState {
  """The dataset takes labels."""
  OPEN
  CLOSED
}

"""How far a dataset is from its goal."""
type NeedsType {
  """How many more labels the dataset needs."""
  labels: Int!
}
`;

describe('lint of the schema', () => {
  let findings: string[];

  beforeAll(async () => {
    findings = (await lintTree({ [schemaFile]: sdl })).get(schemaFile) ?? [];
  }, runTimeoutMs);

  const about = (name: string) => findings.filter((finding) => finding.includes(`"${name}"`));
  const missing = '@graphql-eslint/require-description: Description is required for';

  it('refuses a field, an enum, an enum value and an argument without a description', () => {
    expect(about('name')).toEqual([`${missing} field "name" in type "Dataset"`]);
    expect(about('DatasetState')[0]).toBe(`${missing} enum "DatasetState"`);
    expect(about('CLOSED')).toEqual([`${missing} enum value "CLOSED" in enum "DatasetState"`]);
    expect(about('datasetId')).toHaveLength(1);
  });

  it('refuses a type that is named after its kind', () => {
    expect(about('NeedsType')).toEqual([
      '@graphql-eslint/naming-convention: Type "NeedsType" should not have "Type" suffix',
    ]);
  });

  it('passes what has a description and a plain name', () => {
    for (const name of ['datasets', 'first', 'OPEN', 'labels']) expect(about(name)).toEqual([]);
  });
});
