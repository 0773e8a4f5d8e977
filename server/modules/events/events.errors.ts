import { GraphQLError } from 'graphql';

export class InvalidCursorError extends GraphQLError {
  constructor() {
    super('This is not an event cursor. Use dataset.eventCursor or the cursor of an event.', {
      extensions: { code: 'INVALID_CURSOR' },
    });
  }
}

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
