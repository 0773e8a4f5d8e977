/**
 * Values that the set-up passes to the tests, which run in processes that inherit its variables.
 */
const variables = {
  url: 'LABELLOOP_E2E_URL',
  samples: 'LABELLOOP_E2E_SAMPLES',
  missing: 'LABELLOOP_E2E_MISSING',
} as const;

export interface Environment {
  /** Address of the product. */
  url: string;
  /** A folder of class folders with drawn images. */
  samples: string;
  /** Why there are no predictions on this machine. Empty if there are. */
  missing: string;
}

export function provide(environment: Environment): void {
  for (const name of ['url', 'samples', 'missing'] as const)
    process.env[variables[name]] = environment[name];
}

export function environment(): Environment {
  const read = (name: keyof Environment) => {
    const value = process.env[variables[name]];
    if (value === undefined) throw new Error(`e2e/setup.ts did not provide ${variables[name]}.`);
    return value;
  };
  return { url: read('url'), samples: read('samples'), missing: read('missing') };
}
