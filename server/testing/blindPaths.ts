import {
  getNamedType,
  isInterfaceType,
  isObjectType,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';

/**
 * Types whose fields of type Class list the classes themselves. Every other type with such a field
 * says which class somebody or something chose.
 */
const listsOfClasses = new Set(['Dataset', 'ClassesChanged', 'ClassPayload']);

/** Types without a class that still say what the model or people say about images. */
const figures = [
  ...['Agreement', 'Annotator', 'AnnotatorPair', 'Certificate', 'CertificatePlan', 'Coefficient'],
  ...[
    'Export',
    'NextGrid',
    'PredictionBias',
    'QueueEntry',
    'RunCalibration',
    'RunDiff',
    'RunMetrics',
  ],
  ...['Share', 'SimilarImage', 'Task', 'ThresholdPlan'],
];

/** Types of which every field can say something about an image. */
const everyFieldOf = ['Image', 'Class', 'DatasetCounts'];

const revealingArguments = ['ImageFilter', 'ImageOrder'];

type Field = GraphQLField<unknown, unknown>;
type Step = [parent: string, field: Field];

/**
 * Walks the schema from every query, mutation and subscription. Returns each field, as
 * `Type.field`, that can reveal what the model or another person answered for an image.
 */
export function revealingPaths(schema: GraphQLSchema): string[] {
  const steps = reachableFields(schema);
  const revealing = new Set([...figures, ...typesWithClass(steps)]);
  // A connection, an edge or a payload is named by the field that returns it.
  for (let size = -1; size !== revealing.size;) {
    size = revealing.size;
    for (const [parent, { name, type }] of steps)
      if (['node', 'nodes', 'edges'].includes(name) && revealing.has(getNamedType(type).name))
        revealing.add(parent);
  }
  const returns = (type: GraphQLNamedType): boolean =>
    isInterfaceType(type)
      ? schema.getPossibleTypes(type).some(({ name }) => revealing.has(name))
      : revealing.has(type.name);
  const isRevealing = ([parent, { type, args }]: Step) =>
    everyFieldOf.includes(parent) ||
    returns(getNamedType(type)) ||
    args.some((arg) => revealingArguments.includes(getNamedType(arg.type).name));
  return steps
    .filter(isRevealing)
    .map(([parent, { name }]) => `${parent}.${name}`)
    .sort();
}

function typesWithClass(steps: readonly Step[]): string[] {
  return steps
    .filter(
      ([parent, { type }]) => getNamedType(type).name === 'Class' && !listsOfClasses.has(parent),
    )
    .map(([parent]) => parent);
}

/** Returns every field that some operation can reach. */
function reachableFields(schema: GraphQLSchema): Step[] {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const waiting: GraphQLNamedType[] = roots.filter((root) => root != null);
  const seen = new Set<string>();
  const steps: Step[] = [];
  for (let type = waiting.pop(); type; type = waiting.pop()) {
    if (seen.has(type.name)) continue;
    seen.add(type.name);
    if (isInterfaceType(type)) waiting.push(...schema.getPossibleTypes(type));
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      steps.push([type.name, field]);
      waiting.push(getNamedType(field.type));
    }
  }
  return steps;
}
