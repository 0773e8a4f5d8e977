import { aliasFamilies } from './aliases';
import { httpFamilies } from './http';
import { listFamilies } from './lists';
import { nestingFamilies } from './nesting';
import type { QueryFamily } from './payload';
import { socketFamilies } from './sockets';
import { textFamilies } from './text';
import { valueFamilies } from './values';
import { variableFamilies } from './variables';

/** Hostile queries by family. */
export const queryFamilies: readonly QueryFamily[] = [
  ...aliasFamilies,
  ...nestingFamilies,
  ...variableFamilies,
  ...listFamilies,
  ...textFamilies,
  ...valueFamilies,
  ...httpFamilies,
  ...socketFamilies,
];

export type {
  HttpRequest,
  Operation,
  Payload,
  QueryFamily,
  SlowConnection,
  Sockets,
  Target,
} from './payload';
