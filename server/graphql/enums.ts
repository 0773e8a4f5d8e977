import { registerEnumType } from 'type-graphql';
import * as enums from '../../shared/enums';
import { enumDescriptions } from './enumDescriptions';

/** Registers every shared enum under its own name. Call it once, before the schema is built. */
export function registerEnums(): void {
  for (const name of Object.keys(enums) as (keyof typeof enums)[]) {
    const [description, values] = enumDescriptions[name];
    const valuesConfig = Object.fromEntries(
      Object.entries(values).map(([value, text]) => [value, { description: text }]),
    );
    registerEnumType(enums[name] as object, { name, description, valuesConfig });
  }
}
