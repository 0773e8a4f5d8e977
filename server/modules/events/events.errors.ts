import { GraphQLError } from 'graphql';

export class ResyncRequiredError extends GraphQLError {
  constructor() {
    super(
      'The events after this cursor are not kept here. Query again, then subscribe after dataset.eventCursor.',
      {
        extensions: { code: 'RESYNC_REQUIRED' },
      },
    );
  }
}

export class TooSlowError extends GraphQLError {
  constructor() {
    super(
      'Events were not read for too long. Subscribe again after the last cursor that you have.',
      {
        extensions: { code: 'TOO_SLOW' },
      },
    );
  }
}
