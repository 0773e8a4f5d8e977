/** The result of trying one engine on this machine. */
export interface EngineProbe {
  name: string;
  available: boolean;
  /** The device, or why the engine does not run and what to do about it. */
  detail: string;
}

/** [1 2; 3 4] · [5 6; 7 8]: the matrix product that tests every engine. */
export const tinyProduct = {
  left: [1, 2, 3, 4],
  right: [5, 6, 7, 8],
  product: [19, 22, 43, 50],
} as const;

/** An engine that hangs must not hang the caller. A busy machine needs half a minute to load one. */
const patienceSeconds = 90;

class NoAnswerError extends Error {}

/** Returns the first line of an error, without its place in the C++ source. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const [line = ''] = message.split('\n');
  return line.replace(/^.* was false\. /, '').trim();
}

function within<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoAnswerError()), patienceSeconds * 1_000);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/**
 * Runs the small product on an engine and returns the outcome. Never throws.
 *
 * @param multiply resolves to the product's four values
 * @param advice what to do if the engine is missing
 */
export async function probeEngine(
  name: string,
  advice: string,
  multiply: () => Promise<ArrayLike<number>>,
): Promise<EngineProbe> {
  try {
    const product = Array.from(await within(multiply()));
    if (product.every((value, at) => value === tinyProduct.product[at]) && product.length === 4)
      return { name, available: true, detail: 'ran a matrix product' };
    return { name, available: false, detail: `gives wrong products: [${product.join(', ')}]` };
  } catch (error) {
    const detail =
      error instanceof NoAnswerError
        ? `no answer in ${patienceSeconds} s: try again when this machine is less busy`
        : `${reasonOf(error)}: ${advice}`;
    return { name, available: false, detail };
  }
}
