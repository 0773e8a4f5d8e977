import {
  getNamedType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  type GraphQLInputType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql';
import { OperationAdmission } from './admission';

/**
 * Fields of the operations. The first have few, because code that is not compiled yet holds the
 * event loop for long.
 */
const sizes = [2, 5, 10, 20, 40, 80, ...Array<number>(12).fill(120)];

/** Objects between the root and a leaf. */
const levels = 2;

/**
 * Runs the code that reads, checks and counts operations until it is compiled. Without this, the
 * first large operations after a start take several times as long to refuse. Nothing is executed.
 *
 * @param pause lets the event loop do other work between two operations
 */
export async function warmUpAdmission(
  schema: GraphQLSchema,
  pause: () => Promise<unknown>,
): Promise<void> {
  // An admission of its own, because it keeps valid documents.
  const admission = new OperationAdmission(schema);
  const paths = pathsFrom(schema.getQueryType(), levels);
  for (const [round, size] of sizes.entries()) {
    const fields = Array.from({ length: size }, (_, index) => {
      const path = paths[(round * size + index) % paths.length];
      return `f${index}: ${path}`;
    });
    for (const selections of [fields, fields.map(withMistakes)]) {
      await pause();
      const query = `{ ${selections.join(' ')} }`;
      admission.admit({ query }, { isSignedIn: true, mayIntrospect: true });
    }
  }
}

/** Lists the selections of one leaf each, such as `dataset(id: "1") { counts { images } }`. */
function pathsFrom(type: GraphQLOutputType | null | undefined, below: number): string[] {
  if (!isObjectType(type)) return [];
  return Object.values(type.getFields()).flatMap(({ name, args, type: returned }) => {
    const given = args.filter(isRequiredArgument).map((arg) => `${arg.name}: ${valueOf(arg.type)}`);
    const call = given.length > 0 ? `${name}(${given.join(', ')})` : name;
    const named = getNamedType(returned);
    if (!isObjectType(named)) return isLeafType(named) ? [call] : [];
    return below > 0 ? pathsFrom(named, below - 1).map((path) => `${call} { ${path} }`) : [];
  });
}

function valueOf(type: GraphQLInputType): string {
  if (isNonNullType(type)) return valueOf(type.ofType);
  return isListType(type) ? `[${valueOf(type.ofType)}]` : '"1"';
}

/** Adds an undefined variable, a wrong value, a repeated directive and an unknown field. */
const withMistakes = (selection: string) =>
  selection
    .replace(/ \{/, ' @skip(if: $missing) @skip(if: "\\u0061") {')
    .replace(/ \}$/, ' unknownField }');
