import { registerEnumType } from 'type-graphql';
import * as enums from '../../shared/enums';

/** Called once, before the schema is built: every shared enum stands in the schema under its own name. */
export function registerEnums(): void {
  for (const [name, values] of Object.entries(enums)) registerEnumType(values, { name });
}
