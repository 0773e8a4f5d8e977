import graphql from '@graphql-eslint/eslint-plugin';

/** The committed SDL reads like documentation and keeps the Relay conventions. */
export const schemaConfig = {
  files: ['server/schema.graphql'],
  plugins: { '@graphql-eslint': graphql },
  languageOptions: {
    parser: graphql.parser,
    parserOptions: { graphQLConfig: { schema: './server/schema.graphql' } },
  },
  rules: {
    ...graphql.configs['flat/schema-recommended'].rules,
    ...graphql.configs['flat/schema-relay'].rules,
    '@graphql-eslint/require-description': [
      'error',
      {
        types: true,
        rootField: true,
        FieldDefinition: true,
        InputValueDefinition: true,
        EnumValueDefinition: true,
        DirectiveDefinition: true,
        ignoredSelectors: [
          // The only argument of a mutation: its input type has the description.
          'InputValueDefinition[name.value=input]',
          // GraphQL itself gives these their meaning.
          'ObjectTypeDefinition[name.value=/^(Query|Mutation|Subscription)$/]',
        ],
      },
    ],
    // Payloads, events and values have no identity of their own, so no id.
    '@graphql-eslint/strict-id-in-types': 'off',
    // Connections page forward only: no page of ours reads backward.
    '@graphql-eslint/relay-arguments': ['error', { includeBoth: false }],
    '@graphql-eslint/relay-edge-types': [
      'error',
      {
        // A list with a fixed bound (classes, phases, bins) is a plain list.
        listTypeCanWrapOnlyEdgeType: false,
        // A queue entry is a place in the queue: it has a cursor, but no id.
        shouldImplementNode: false,
      },
    ],
  },
};
