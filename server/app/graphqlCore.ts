import type { GraphQLSchema } from 'graphql';
import { OperationAdmission } from '../graphql/operations/admission';
import { OperationRunner } from '../graphql/operations/operationRunner';
import { EventLoopShare } from '../limits/eventLoopShare';
import type { Container } from './container';
import { createSchema } from './schema';

/** What both transports share, so that every limit holds on both. */
export interface GraphqlCore {
  schema: GraphQLSchema;
  admission: OperationAdmission;
  runner: OperationRunner;
  loop: EventLoopShare;
  /** Whether people who are signed in may read the schema. */
  mayIntrospect: boolean;
}

export function createGraphqlCore(container: Container): GraphqlCore {
  const { introspection, operationsAtOnce } = container.config;
  const schema = createSchema(container);
  const loop = new EventLoopShare();
  return {
    schema,
    loop,
    admission: new OperationAdmission(schema),
    runner: new OperationRunner({ running: operationsAtOnce, waiting: maxWaiting }, loop),
    mayIntrospect: introspection,
  };
}

const maxWaiting = 500;
