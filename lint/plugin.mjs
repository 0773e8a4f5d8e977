import { noImportCycle } from './rules/noImportCycle.mjs';
import { noMutualModules } from './rules/noMutualModules.mjs';
import { noNestedQuantifiers } from './rules/noNestedQuantifiers.mjs';
import { reasonForIgnore } from './rules/reasonForIgnore.mjs';

/** Rules of this project that no published ESLint plugin offers. */
export const ours = {
  rules: {
    'no-import-cycle': noImportCycle,
    'no-mutual-modules': noMutualModules,
    'no-nested-quantifiers': noNestedQuantifiers,
    'reason-for-ignore': reasonForIgnore,
  },
};
