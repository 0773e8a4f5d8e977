import { noImportCycle } from './rules/noImportCycle.mjs';
import { noModuleCycle } from './rules/noModuleCycle.mjs';
import { noNestedQuantifiers } from './rules/noNestedQuantifiers.mjs';
import { reasonForIgnore } from './rules/reasonForIgnore.mjs';

/** Rules of this project that no published ESLint plugin offers. */
export const ours = {
  rules: {
    'no-import-cycle': noImportCycle,
    'no-module-cycle': noModuleCycle,
    'no-nested-quantifiers': noNestedQuantifiers,
    'reason-for-ignore': reasonForIgnore,
  },
};
