import type { GraphQLFieldMap, GraphQLSchema } from 'graphql';
import type { Context } from '../graphql/context';
import type { BudgetName } from './budgets';
import type { Limiter } from './limiter';
import { subjectsOf } from './subjects';

/**
 * The budgets that a mutation spends each time it is asked, aliases included. A mutation that is
 * not listed spends `otherChanges`.
 */
export const mutationBudgets: Readonly<Record<string, readonly BudgetName[]>> = {
  signIn: ['signIns'],
  signOut: [],
  createDataset: ['datasets', 'datasetsFromAddress'],
  addClass: ['classes'],
  setGoldImage: ['goldImages'],
  removeGoldImage: ['goldImages'],
  startRetrainRun: ['runs'],
  setDatasetBackbone: ['backboneChanges'],
  makeRunCurrent: ['restorations'],
  restoreRunPredictions: ['restorations'],
  startCertificate: ['certificates'],
  exportDataset: ['exports'],
  createUploads: ['uploadCalls'],
  // The number of answers is not limited. The number of leases is.
  recordLabel: [],
  recordLabels: [],
  undoLabel: [],
  leaseTasks: [],
  renewLeases: [],
  releaseTasks: [],
  skipTask: [],
};

/** The budgets of queries that compute. */
export const queryBudgets: Readonly<Record<string, readonly BudgetName[]>> = {
  certificatePlan: ['certificatePlans'],
  runDiff: ['comparisons'],
  similarImages: ['similarSearches'],
  explainPrediction: ['explanations'],
};

type RootFields = GraphQLFieldMap<unknown, Context>;

/**
 * Makes the root fields of a schema spend their budgets, on HTTP and websocket alike. A refusal is
 * thrown, and becomes data as every other error of a mutation does.
 */
export function limitFields(schema: GraphQLSchema, limiter: Limiter): GraphQLSchema {
  const mutations = (schema.getMutationType()?.getFields() ?? {}) as RootFields;
  for (const name of Object.keys(mutations))
    limitField(mutations, name, mutationBudgets[name] ?? ['otherChanges'], limiter);
  const queries = (schema.getQueryType()?.getFields() ?? {}) as RootFields;
  for (const [name, budgets] of Object.entries(queryBudgets))
    limitField(queries, name, budgets, limiter);
  return schema;
}

function limitField(
  fields: RootFields,
  name: string,
  budgets: readonly BudgetName[],
  limiter: Limiter,
): void {
  const field = fields[name];
  const resolve = field?.resolve;
  if (!field || !resolve) throw new Error(`the schema has no root field "${name}" to limit`);
  if (budgets.length === 0) return;
  field.resolve = async (source, args, context, info) => {
    for (const budget of budgets) await limiter.spend(budget, subjectsOf(context));
    return resolve(source, args, context, info);
  };
}
